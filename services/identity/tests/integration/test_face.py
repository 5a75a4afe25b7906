"""Face authentication bound to person, session and purpose, in time and once; and the shared data that it opens."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import service_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.web.tokens import Keys
from shenbao_identity.api.face import FACE
from shenbao_identity.models import FaceSession, SharedDataRead

ID_NUMBER = "330000199001010014"
ASKED = {"purpose": "settlement-analysis", "wanted": ["education", "insurance"]}
APP = Actor(account_id=uuid7(), kind=Kind.SERVICE, permissions=frozenset({"face.confirm"}))


class Holder:
    """A person who has signed in, and the authentication app in their hand."""

    def __init__(self, identity: UnderTest, browser: Any) -> None:
        self.identity, self.browser = identity, browser
        self.token = browser.sign_in("13800000000", "abc1234!x")["access_token"]

    def begin(self, purpose: str = "shared_data") -> dict[str, Any]:
        made = self.browser.call("POST", "/v1/me/face-sessions", self.token, json={"purpose": purpose})
        assert made.status_code == 201, made.json
        return dict(made.json)

    def state(self, face: dict[str, Any]) -> str:
        return str(self.browser.call("GET", f"/v1/me/face-sessions/{face['id']}", self.token).json["state"])

    def confirm(self, face: dict[str, Any], **changes: Any) -> TestResponse:
        body = {"code": face["code"], "id_number": ID_NUMBER, "passed": True} | changes
        return self.identity.client(APP).post("/v1/face-confirmations", json=body)

    def read(self) -> TestResponse:
        answer: TestResponse = self.browser.call("POST", "/v1/me/shared-data", self.token, json=ASKED)
        return answer

    def pass_time(self, seconds: float) -> None:
        earlier = timedelta(seconds=seconds)
        with self.identity.service.sessions.begin() as session:
            session.execute(sa.update(FaceSession).values(created_at=FaceSession.created_at - earlier))
            session.execute(sa.update(FaceSession).values(passed_at=FaceSession.passed_at - earlier))


@pytest.fixture
def holder(identity: UnderTest, browser: Any, person: Callable[..., str]) -> Holder:
    person()
    return Holder(identity, browser)


@pytest.fixture
def moved() -> Iterator[Callable[[float], None]]:
    """Moves the clock so many seconds ahead."""
    yield lambda seconds: clock.move(timedelta(seconds=seconds))
    clock.move(timedelta())


@pytest.fixture
def platform(configured: Any) -> Iterator[list[dict[str, Any]]]:
    """The data-sharing platform over real HTTP: what it was asked."""
    asked: list[dict[str, Any]] = []
    app = Flask("platform")

    @app.post("/read")
    def read() -> ResponseReturnValue:
        assert request.headers["Authorization"] == "Bearer platform-token"
        asked.append(request.get_json())
        return jsonify(records={"education": [{"degree": "硕士"}], "insurance": [], "salary": 1})

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configured(shared_data_url=f"http://127.0.0.1:{server.server_port}/read", shared_data_token="platform-token")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.req("S2-05")
@pytest.mark.parametrize(("seconds", "status"), [(178, 204), (180, 409)])
def test_a_code_is_good_for_179_seconds(holder: Holder, seconds: int, status: int) -> None:
    face = holder.begin()
    assert 177 <= face["seconds_left"] <= 179
    holder.pass_time(seconds)
    answer = holder.confirm(face)
    assert answer.status_code == status
    assert holder.state(face) == ("passed" if status == 204 else "expired")
    if status == 409:
        assert answer.json["code"] == "face_code_expired"
        assert holder.confirm(holder.begin()).status_code == 204


@pytest.mark.req("S2-06")
def test_checklist_52_shared_data_are_read_after_a_face_authentication_and_recorded(
    holder: Holder, platform: list[dict[str, Any]]
) -> None:
    refused = holder.read()
    assert (refused.status_code, refused.json["code"], platform) == (403, "face_auth_required", [])

    holder.confirm(holder.begin())
    answer = holder.read()
    assert answer.json == {"records": {"education": [{"degree": "硕士"}], "insurance": []}}
    assert platform == [
        {"name": "张三", "id_number": ID_NUMBER, "purpose": ASKED["purpose"], "fields": ASKED["wanted"]}
    ]
    kept = holder.browser.call("GET", "/v1/me/shared-data-reads", holder.token).json["items"]
    assert [(k["purpose"], k["wanted"], k["outcome"]) for k in kept] == [
        ("settlement-analysis", ["education", "insurance"], "read")
    ]
    assert kept[0]["read_at"]
    assert kept[0]["legal_basis"]


def test_checklist_20_a_face_authentication_is_of_one_person_session_and_purpose_and_used_once(
    holder: Holder, platform: list[dict[str, Any]], another_browser: Callable[[], Any]
) -> None:
    face = holder.begin("submission")
    holder.confirm(face)
    assert holder.read().status_code == 403
    face = holder.begin()
    holder.confirm(face)
    elsewhere = Holder(holder.identity, another_browser())
    assert elsewhere.read().status_code == 403
    assert elsewhere.browser.call("GET", f"/v1/me/face-sessions/{face['id']}", elsewhere.token).status_code == 404
    holder.pass_time(180)
    assert holder.read().status_code == 403
    face = holder.begin()
    holder.confirm(face)
    holder.pass_time(178)
    assert holder.read().status_code == 200
    assert (holder.state(face), holder.read().status_code) == ("used", 403)
    assert len(platform) == 1


def test_the_face_of_somebody_else_fails_and_a_code_takes_one_answer(holder: Holder) -> None:
    face = holder.begin()
    assert holder.confirm(face, id_number="330000198506150026").status_code == 204
    assert holder.state(face) == "failed"
    assert holder.confirm(face).json["code"] == "face_code_used"
    assert holder.confirm({"code": "invented"}).status_code == 404


def test_only_the_authentication_app_confirms(holder: Holder) -> None:
    face = holder.begin()
    body = {"code": face["code"], "id_number": ID_NUMBER, "passed": True}
    stranger = holder.identity.client(service_actor()).post("/v1/face-confirmations", json=body)
    own = holder.browser.call("POST", "/v1/face-confirmations", holder.token, json=body)
    assert (stranger.status_code, own.status_code) == (403, 403)


def test_a_platform_that_is_away_uses_the_authentication_up_and_says_so(holder: Holder, configured: Any) -> None:
    configured(shared_data_url="http://127.0.0.1:9/read", shared_data_token="x")
    holder.confirm(holder.begin())
    answer = holder.read()
    assert (answer.status_code, answer.json["code"]) == (503, "shared_data_unavailable")
    assert holder.read().status_code == 403
    with holder.identity.sessions() as session:
        assert session.scalars(sa.select(SharedDataRead.outcome)).all() == ["failed"]


def test_a_slip_says_once_who_was_in_front_of_the_camera(holder: Holder, another_browser: Callable[[], Any]) -> None:
    def slip(whose: Holder) -> Any:
        return whose.browser.call("POST", "/v1/me/face-slips", whose.token)

    refused = slip(holder)
    assert (refused.status_code, refused.json["code"]) == (403, "face_auth_required")
    face = holder.begin()
    holder.confirm(face)
    assert slip(Holder(holder.identity, another_browser())).status_code == 403
    made = slip(holder)
    assert made.status_code == 201
    said = jwt_claims(made.json["slip"])
    assert (said["name"], said["id_number"], said["face_id"]) == ("张三", ID_NUMBER, face["id"])
    assert 177 <= said["exp"] - said["iat"] <= 179
    assert (holder.state(face), slip(holder).status_code) == ("used", 403)
    assert holder.browser.call("POST", "/v1/me/face-slips", "").status_code == 401


def test_a_slip_and_the_page_have_what_is_left_of_the_179_seconds_since_the_face_has_passed(
    holder: Holder, moved: Callable[[float], None]
) -> None:
    passed = holder.begin("submission")
    holder.pass_time(100)
    holder.confirm(passed)
    moved(170)
    left = holder.browser.call("GET", f"/v1/me/face-sessions/{passed['id']}", holder.token).json
    assert (left["state"], 7 <= left["seconds_left"] <= 9) == ("passed", True)
    made = holder.browser.call("POST", "/v1/me/face-slips", holder.token, json={"purpose": "submission"})
    said = jwt_claims(made.json["slip"])
    assert 6 <= said["exp"] - said["iat"] <= 9
    signer = holder.identity.service.signer
    keys = Keys(signer.issuer, signer.published)
    assert keys.verify(FACE, made.json["slip"])["face_id"] == passed["id"]
    moved(180)
    with pytest.raises(Unauthenticated, match="token_expired"):
        keys.verify(FACE, made.json["slip"])


@pytest.mark.parametrize(("shown", "other"), [("submission", "shared_data"), ("shared_data", "submission")])
def test_a_slip_is_of_the_purpose_that_the_face_was_shown_for(holder: Holder, shown: str, other: str) -> None:
    def slip(purpose: str) -> Any:
        return holder.browser.call("POST", "/v1/me/face-slips", holder.token, json={"purpose": purpose})

    holder.confirm(holder.begin(shown))
    assert slip(other).json["code"] == "face_auth_required"
    assert jwt_claims(slip(shown).json["slip"])["purpose"] == shown
    assert (slip(shown).status_code, slip("anything").status_code) == (403, 422)


def jwt_claims(slip: str) -> dict[str, Any]:
    body = slip.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
