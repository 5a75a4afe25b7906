"""The simulated outside parties keep the protocols of real ones."""

import base64
import hashlib
from email.message import EmailMessage
from smtplib import SMTP
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from shenbao_stack.demo import mail, messages, provincial, registry
from shenbao_stack.secret_store import signing_key
from shenbao_stack.stack import free_port

_ISSUER = "http://shenbao.test/demo/provincial"
_BACK = "http://shenbao.test/api/identity/v1/providers/provincial/callback"
_VERIFIER = "v" * 50


@pytest.fixture
def province() -> FlaskClient:
    return provincial.app(_ISSUER, signing_key(), "secret").test_client()


def test_a_person_is_chosen_and_the_client_learns_who_it_was(province: FlaskClient) -> None:
    answer = _exchange(province, _code(province), verifier=_VERIFIER)
    assert answer.status_code == 200
    keys = KeySet.import_key_set(province.get("/jwks.json").get_json())
    claims = jwt.decode(answer.get_json()["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"], claims["name"]) == (_ISSUER, "shenbao", "n", "张三")
    me = province.get("/userinfo", headers={"Authorization": f"Bearer {answer.get_json()['access_token']}"})
    assert me.get_json()["id_number"] == "330000199001010014"


def test_a_code_works_once_and_only_with_its_verifier(province: FlaskClient) -> None:
    assert _exchange(province, _code(province), verifier="other").status_code == 400
    code = _code(province)
    assert _exchange(province, code, verifier=_VERIFIER).status_code == 200
    assert _exchange(province, code, verifier=_VERIFIER).status_code == 400


def test_a_client_without_the_secret_gets_nothing(province: FlaskClient) -> None:
    form = {"grant_type": "authorization_code", "code": _code(province), "client_id": "shenbao"}
    assert province.post("/token", data=form).status_code == 401


def test_nobody_is_sent_to_a_foreign_address(province: FlaskClient) -> None:
    query = {"client_id": "shenbao", "redirect_uri": "http://evil.test/", "code_challenge_method": "S256"}
    assert province.get("/authorize", query_string=query).status_code == 400


def test_discovery_names_every_endpoint_that_is_there(province: FlaskClient) -> None:
    found = province.get("/.well-known/openid-configuration").get_json()
    endpoints = [v for k, v in found.items() if k.endswith(("_endpoint", "_uri"))]
    assert [e for e in endpoints if province.options(e.removeprefix(_ISSUER)).status_code == 404] == []


def test_the_registry_knows_a_body_by_both_its_codes() -> None:
    client = registry.app().test_client()
    known = client.get("/organisations/000000019").get_json()
    assert known == {
        "code": "000000019",
        "name": "示例科技有限公司",
        "legal_representative": "王建国",
        "province_level": False,
    }
    assert client.get("/organisations/913300000000000191").get_json()["name"] == known["name"]
    assert client.get("/organisations/999999999").status_code == 404


def _code(province: FlaskClient) -> str:
    digest = hashlib.sha256(_VERIFIER.encode()).digest()
    asked = {
        "client_id": "shenbao",
        "redirect_uri": _BACK,
        "state": "s",
        "nonce": "n",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "response_type": "code",
    }
    page = province.get("/authorize", query_string=asked)
    assert "张三" in page.text
    chosen = province.post("/authorize", data=asked | {"person": "demo-zhangsan"})
    query = parse_qs(urlsplit(chosen.headers["Location"]).query)
    assert query["state"] == ["s"]
    return query["code"][0]


def _exchange(province: FlaskClient, code: str, *, verifier: str) -> TestResponse:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, "code_verifier": verifier}
    return province.post("/token", data=form, auth=("shenbao", "secret"))


def test_a_message_is_shown_once_and_only_its_sender_may_leave_one() -> None:
    gateway = messages.app("token").test_client()
    message = {"key": "1", "to": "13800000000", "text": "验证码 123456"}
    assert gateway.post("/messages", json=message).status_code == 401
    for _ in range(2):
        assert gateway.post("/messages", json=message, headers={"Authorization": "Bearer token"}).status_code == 202
    assert gateway.get("/").text.count("验证码 123456") == 1


def test_the_gateway_is_away_for_an_hour_and_speaks_english() -> None:
    gateway = messages.app("token").test_client()
    message, mine = {"key": "1", "to": "13800000000", "text": "验证码 123456"}, {"Authorization": "Bearer token"}
    assert gateway.post("/outage", data={"away": "yes"}).status_code == 303
    assert gateway.post("/messages", json=message, headers=mine).status_code == 503
    assert "The gateway is away until" in gateway.get("/?lang=en").text
    assert gateway.post("/outage", data={"away": "no"}).status_code == 303
    assert gateway.post("/messages", json=message, headers=mine).status_code == 202


def test_mail_of_the_demo_is_taken_and_shown_with_receiver_subject_and_text() -> None:
    port = free_port()
    page = mail.app(port).test_client()
    assert "还没有邮件" in page.get("/").text
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "noreply@shenbao.test", "hr@example.cn", "邮箱验证码"
    letter.set_content("验证码：123456 <b>")
    with SMTP("127.0.0.1", port) as server:
        server.send_message(letter)
    shown = page.get("/?lang=en").text
    assert "Mail (demo)" in shown
    for text in ("hr@example.cn", "邮箱验证码", "验证码：123456 &lt;b&gt;"):
        assert text in shown
