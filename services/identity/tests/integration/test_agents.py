"""The agent of a unit without a code is checked; who signs in while the registration is looked at is told so."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from shenbao_common.contracts.units import RegistrationRejectedV1, RegistrationSubmittedV1, UnitRegisteredV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest

Proof = Callable[[str], dict[str, str]]
AGENT = {"name": "张三", "id_number": "330000199001010014", "ethnicity": "汉族", "sex": "男"}
MOBILE = "13800000000"
PASSWORD = "Hang-Zhou7x"


@pytest.fixture
def platform(configured: Callable[..., Any]) -> Iterator[None]:
    """The government's check of names against numbers, over real HTTP; it knows 张三 alone."""
    app = Flask("names")

    @app.post("/check")
    def check() -> Any:
        assert request.headers["Authorization"] == "Bearer names-token"
        said = request.get_json()
        return jsonify(match=(said["name"], said["id_number"]) == (AGENT["name"], AGENT["id_number"]))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configured(real_name_url=f"http://127.0.0.1:{server.server_port}/check", real_name_token="names-token")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def paths(answer: Any) -> set[str]:
    return {e["path"] for e in answer.json["errors"]}


@pytest.mark.req("S1-03")
@pytest.mark.usefixtures("platform")
def test_the_agents_check_wants_every_field_and_the_name_that_is_the_numbers(browser: Any, proof: Proof) -> None:
    proved = proof(MOBILE)
    for empty in ("name", "id_number", "ethnicity", "sex", "mobile", "sms_code"):
        refused = browser.http.post("/v1/agent-checks", json=AGENT | proved | {empty: ""})
        assert (refused.status_code, paths(refused)) == (422, {empty}), empty
    no_image = browser.http.post("/v1/sms-codes", json={"mobile": MOBILE, **browser.image(), "image_code": ""})
    assert (no_image.status_code, paths(no_image)) == (422, {"image_code"})
    differs = browser.http.post("/v1/agent-checks", json=AGENT | proved | {"sex": "女"})
    assert paths(differs) == {"sex"}

    passed = browser.http.post("/v1/agent-checks", json=AGENT | proved)
    assert passed.status_code == 201, passed.json
    assert passed.json["agent"]
    assert passed.json["access_token"]
    used = browser.http.post("/v1/agent-checks", json=AGENT | proved)
    assert paths(used) == {"sms_code"}


@pytest.mark.req("S1-03")
@pytest.mark.usefixtures("platform")
def test_a_name_that_is_not_the_numbers_stays_in_step_1(browser: Any, proof: Proof) -> None:
    refused = browser.http.post("/v1/agent-checks", json=AGENT | proof(MOBILE) | {"name": "李四"})
    assert refused.status_code == 422
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {("name_not_of_number", "name")}


def test_a_platform_that_is_away_says_so(browser: Any, proof: Proof, configured: Callable[..., Any]) -> None:
    configured(real_name_url="http://127.0.0.1:9/check", real_name_token="x")
    answer = browser.http.post("/v1/agent-checks", json=AGENT | proof(MOBILE))
    assert (answer.status_code, answer.json["code"]) == (503, "real_name_unavailable")


@pytest.fixture
def reserved(browser: Any, proof: Proof) -> dict[str, Any]:
    """Step 3 of the registration: the user for the account that the agent's check gave out."""
    agent = browser.http.post("/v1/agent-checks", json=AGENT | proof(MOBILE)).json["agent"]
    chosen = {"username": "unitX1", "password": PASSWORD, "agent": agent}
    made = browser.http.post("/v1/account-reservations", json=chosen | browser.image())
    assert made.status_code == 201, made.json
    again = browser.http.post("/v1/account-reservations", json=chosen | {"username": "unitX2"} | browser.image())
    assert (again.status_code, again.json["code"]) == (409, "ticket_used")
    return dict(made.json)


@pytest.mark.req("S1-08")
def test_who_signs_in_during_the_review_is_told_so_and_after_the_approval_gets_in(
    identity: UnderTest, browser: Any, reserved: dict[str, Any]
) -> None:
    account_id = UUID(reserved["account_id"])

    def sign_in(password: str = PASSWORD) -> str:
        return str(browser.enter(browser.challenge(), "unitX1", password).json.get("code"))

    def back_in(password: str = PASSWORD) -> Any:
        return browser.http.post(
            "/v1/registrant-tokens", json={"username": "unitX1", "password": password} | browser.image()
        )

    assert sign_in() == "sign_in_refused"
    assert back_in().json["code"] == "sign_in_refused"
    identity.hear(RegistrationSubmittedV1(account_id=account_id))
    assert sign_in() == "registration_under_review"
    assert sign_in("Wrong-Pass1") == "sign_in_refused"

    identity.hear(RegistrationRejectedV1(account_id=account_id))
    assert sign_in() == "registration_rejected"
    let = back_in()
    assert let.status_code == 200
    assert let.json["ticket"]
    assert back_in("Wrong-Pass1").json["code"] == "sign_in_refused"

    identity.hear(RegistrationSubmittedV1(account_id=account_id))
    identity.hear(
        UnitRegisteredV1(
            unit_id=uuid7(),
            account_id=account_id,
            org_code="",
            uscc="",
            department_id=uuid7(),
            name="示例街道筹备组",
            verified="scan",
        )
    )
    assert browser.sign_in("unitX1", PASSWORD)["access_token"]
    assert back_in().json["code"] == "sign_in_refused"


def test_a_forged_slip_of_an_agent_reserves_nothing(browser: Any) -> None:
    chosen = {"username": "unitX3", "password": PASSWORD, "agent": "forged"}
    refused = browser.http.post("/v1/account-reservations", json=chosen | browser.image())
    assert (refused.status_code, paths(refused)) == (422, {"agent"})
