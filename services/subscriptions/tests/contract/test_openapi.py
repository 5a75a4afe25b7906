"""Whatever is sent to any documented route, the answer is never a fault of ours."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from shenbao_common.kernel.actor import Actor, Kind, account_of_client
from shenbao_common.testing.actors import admin_actor, unit_actor
from shenbao_common.testing.service import UnderTest, token

SYSTEM = Actor(account_id=account_of_client("reader"), kind=Kind.SERVICE)
ACTORS = (admin_actor(), unit_actor(), SYSTEM)
OF_ONE = "/v1/subscribers/{subscriber_id}"
ROUTES = (
    ("/v1/options", "GET"),
    ("/v1/subscribers", "GET"),
    ("/v1/subscribers", "POST"),
    (OF_ONE, "GET"),
    (OF_ONE, "PATCH"),
    (OF_ONE, "DELETE"),
    (f"{OF_ONE}/state", "PUT"),
    (f"{OF_ONE}/password", "POST"),
    (f"{OF_ONE}/replays", "GET"),
    (f"{OF_ONE}/replays", "POST"),
    ("/v1/deliveries", "GET"),
    ("/v1/deliveries/{delivery_id}/skip", "POST"),
    ("/v1/subscribers/mine", "GET"),
    ("/v1/subscribers/mine/events", "GET"),
    ("/v1/subscribers/mine/replays", "GET"),
    ("/v1/subscribers/mine/replays", "POST"),
)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_no_request_makes_the_service_fail(service: UnderTest, office: Any, path: str, method: str) -> None:
    office.register(channel="feed", client_id="reader")
    described = schemathesis.openapi.from_wsgi("/openapi.json", service.app)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(described[path][method].as_strategy())
    def ask(case: Any) -> None:
        for actor in ACTORS:
            answer = case.call(headers={"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'})
            assert answer.status_code < 500, answer.text

    ask()


def test_every_own_route_is_asked(service: UnderTest) -> None:
    paths = service.client().get("/openapi.json").json["paths"]
    own = {(p, m.upper()) for p, item in paths.items() if p[:4] == "/v1/" for m in item if m != "parameters"}
    assert {(p, m) for p, m in own if not p.startswith(("/v1/events", "/v1/bus", "/v1/audit"))} == set(ROUTES)
