"""Whatever is sent to any documented route, the answer is never a fault of ours."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.service import UnderTest, token

ACTORS = (office_actor(), unit_actor(), admin_actor())
ROUTES = (
    ("/v1/cases", "GET"),
    ("/v1/cases/counts", "GET"),
    ("/v1/cases/trend", "GET"),
    ("/v1/cases/{application_id}", "GET"),
    ("/v1/cases/{application_id}/log", "GET"),
    ("/v1/cases/{application_id}/decisions", "POST"),
    ("/v1/decisions", "POST"),
    ("/v1/cases/{application_id}/claim", "POST"),
    ("/v1/cases/{application_id}/release", "POST"),
    ("/v1/cases/{application_id}/view", "POST"),
    ("/v1/publicities", "GET"),
    ("/v1/publicities", "POST"),
    ("/v1/publicities/{publicity_id}", "GET"),
    ("/v1/objections/{objection_id}/decision", "POST"),
    ("/v1/objections/{objection_id}/attachment", "GET"),
    ("/v1/public/publicities", "GET"),
    ("/v1/public/publicities/{publicity_id}", "GET"),
    ("/v1/public/publicities/{publicity_id}/objections", "POST"),
    ("/v1/committees", "GET"),
    ("/v1/committees", "POST"),
    ("/v1/committees/{committee_id}", "GET"),
    ("/v1/committees/{committee_id}", "PUT"),
    ("/v1/committees/{committee_id}/results", "POST"),
    ("/v1/experts", "GET"),
    ("/v1/experts", "POST"),
    ("/v1/experts/{expert_id}", "PUT"),
    ("/v1/experts/{expert_id}/invitation", "POST"),
    ("/v1/experts/{expert_id}/end", "POST"),
    ("/v1/memberships", "POST"),
    ("/v1/relations", "GET"),
    ("/v1/relations", "POST"),
    ("/v1/relations/{relation_id}", "DELETE"),
    ("/v1/committees/{committee_id}/sittings", "POST"),
    ("/v1/sittings", "GET"),
    ("/v1/sittings/{sitting_id}", "GET"),
    ("/v1/sittings/{sitting_id}/cases", "POST"),
    ("/v1/sittings/{sitting_id}/members", "POST"),
    ("/v1/sittings/{sitting_id}/draw", "POST"),
    ("/v1/sittings/{sitting_id}/attendance", "PUT"),
    ("/v1/sittings/{sitting_id}/ballot", "POST"),
    ("/v1/sittings/{sitting_id}/close", "POST"),
    ("/v1/sittings/{sitting_id}/second-round", "POST"),
    ("/v1/sittings/{sitting_id}/cancellation", "POST"),
    ("/v1/sittings/{sitting_id}/minutes", "PUT"),
    ("/v1/sittings/{sitting_id}/minutes", "GET"),
    ("/v1/sittings/{sitting_id}/recount", "GET"),
    ("/v1/ballots", "GET"),
    ("/v1/ballots/{sitting_id}", "GET"),
    ("/v1/ballots/{sitting_id}", "PUT"),
    ("/v1/ballots/{sitting_id}/recusals", "POST"),
    ("/v1/ballots/{sitting_id}/minutes", "GET"),
    ("/v1/ballots/{sitting_id}/signature", "POST"),
    ("/v1/calendar", "GET"),
    ("/v1/calendar", "POST"),
    ("/v1/batches", "GET"),
    ("/v1/batches", "POST"),
    ("/v1/batches/{batch_id}", "GET"),
    ("/v1/batches/{batch_id}/results", "GET"),
    ("/v1/batches/{batch_id}/stop", "POST"),
    ("/v1/ballots/{sitting_id}/applications/{application_id}/slip", "GET"),
    ("/v1/sittings/{sitting_id}/minutes/slip", "GET"),
    ("/v1/committees/{committee_id}/results-workbook", "POST"),
    ("/v1/cases/{application_id}/reconsideration", "GET"),
    ("/v1/cases/{application_id}/reconsideration", "POST"),
    ("/v1/reconsiderations", "GET"),
    ("/v1/reconsiderations/{reconsideration_id}/decisions", "POST"),
    ("/v1/publicities/{publicity_id}/numbering", "POST"),
    ("/v1/issuances", "GET"),
    ("/v1/issuances/{issuance_id}", "GET"),
    ("/v1/issuances/{issuance_id}/document", "POST"),
    ("/v1/issuances/{issuance_id}/revocations", "POST"),
    ("/v1/packages", "GET"),
    ("/v1/packages", "POST"),
    ("/v1/packages/{package_id}", "GET"),
    ("/v1/packages/{package_id}/receipt", "POST"),
)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_no_request_makes_the_service_fail(review: UnderTest, path: str, method: str) -> None:
    described = schemathesis.openapi.from_wsgi("/openapi.json", review.app)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(described[path][method].as_strategy())
    def ask(case: Any) -> None:
        for actor in ACTORS:
            answer = case.call(headers={"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'})
            assert answer.status_code < 500, answer.text

    ask()


def test_every_route_is_asked(review: UnderTest) -> None:
    paths = review.client().get("/openapi.json").json["paths"]
    own = {(path, m.upper()) for path, item in paths.items() if path[:4] == "/v1/" for m in item if m != "parameters"}
    common = ("/v1/events", "/v1/bus/", "/v1/reconciliation", "/v1/audit")  # of every service; asked in shenbao-common
    assert {route for route in own if not route[0].startswith(common)} == set(ROUTES)
