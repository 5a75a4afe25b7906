"""Zhejiang's two sign-ins, which are not OpenID, against a simulator of what is recorded of them, over real HTTP."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from shenbao_common.kernel.actor import Actor
from shenbao_identity.domain import lifetimes
from shenbao_identity.settings import Provider

CODE, PASSWORD = "servicecode1", "servicepwd1"
PERSON = {
    "userid": "zj-1",
    "username": "张三",
    "idnum": "330000199001010014",
    "mobile": "13800000000",
    "authlevel": "3",
}
BODY = {
    "userId": "zj-legal-1",
    "CompanyName": "示例科技有限公司",
    "uniscid": "913300000000000191",
    "attnName": "王五",
    "attnPhone": "13800000003",
    "realLevel": 3,
}


@dataclass
class Zhejiang:
    """Who signs in next, and what is wrong with the answers. It lets a ticket be used as often as one likes."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    body: dict[str, Any] = field(default_factory=lambda: dict(BODY))
    tickets: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    ticket: str = ""

    def app(self) -> Flask:
        app = Flask("zhejiang")
        app.add_url_rule("/sso/usp.do", "person", self._leave_person)
        app.add_url_rule("/sso/servlet/simpleauth", "auth", self._auth, methods=["POST"])
        app.add_url_rule("/opensso/spsaehandler/metaAlias/sp", "legal", self._leave_legal)
        app.add_url_rule("/rest/user/query", "query", self._query, methods=["POST"])
        return app

    def _leave_person(self) -> ResponseReturnValue:
        assert request.args["servicecode"] == CODE
        return redirect(f"{request.args['goto']}&ticket={self._new()}")

    def _leave_legal(self) -> ResponseReturnValue:
        return redirect(f"{request.args['spappurl']}&ssotoken={self._new()}")

    def _new(self) -> str:
        self.ticket = self.ticket or secrets.token_hex(16)
        self.tickets.add(self.ticket)
        return self.ticket

    def _auth(self) -> ResponseReturnValue:
        form = request.form
        self.calls.append(form["method"])
        signed = hashlib.md5(f"{CODE}{PASSWORD}{form['time']}".encode()).hexdigest()  # noqa: S324
        if form["sign"] != signed or len(form["time"]) != 14:
            return jsonify(result="5001", errmsg="sign error")
        if form["method"] == "ticketValidation":
            known = form["st"] in self.tickets
            return jsonify(result="0", token="zj-token") if known else jsonify(result="5002", errmsg="invalid st")
        return jsonify(result="0", **self.person) if form["token"] == "zj-token" else jsonify(result="5003")

    def _query(self) -> ResponseReturnValue:
        self.calls.append("query")
        headers = request.headers
        words = f"POST\n/rest/user/query\n\n{CODE}\n{headers['X-BG-DATE-TIME']}\n"
        right = hmac.new(PASSWORD.encode(), words.encode(), hashlib.sha256).hexdigest()
        if headers["X-BG-HMAC-SIGNATURE"] != right or request.json["projectId"] != CODE:
            return jsonify(errCode=401, msg="signature")
        if request.json["ssotoken"] not in self.tickets:
            return jsonify(errCode=1, msg="invalid ssotoken")
        return jsonify(errCode=0, msg="ok", info=self.body)


@pytest.fixture
def zhejiang(configured: Any) -> Iterator[Zhejiang]:
    simulated = Zhejiang()
    server = make_server("127.0.0.1", 0, simulated.app(), threaded=True)
    simulated.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configured(providers=[known(simulated, "zj_ticket", "person"), known(simulated, "zj_ssotoken", "legal")])
    yield simulated
    server.shutdown()
    thread.join()
    server.server_close()


def known(simulated: Zhejiang, protocol: str, kind: str) -> Provider:
    return Provider(
        key=kind,
        label_zh="浙江政务服务网",
        label_en="Zhejiang",
        issuer=simulated.url,
        client_id=CODE,
        client_secret=PASSWORD,
        protocol=protocol,
        kind=kind,
        least_level=4,
    )


def away(browser: Any, kind: str) -> str:
    """Where the browser goes, and from there comes back to."""
    left = browser.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/{kind}").headers["Location"]
    return str(httpx.get(left).headers["Location"])


def account(browser: Any, back: Any) -> dict[str, Any]:
    tokens = browser.finish(back.headers["Location"])
    return dict(browser.call("GET", "/v1/me", tokens["access_token"]).json)


def error_of(back: Any) -> str:
    return parse_qs(urlsplit(back.headers["Location"]).query)["error"][0]


@pytest.mark.req("B-16")
def test_a_person_comes_with_a_ticket(browser: Any, zhejiang: Zhejiang) -> None:
    found = account(browser, browser.follow(away(browser, "person")))
    assert (found["kind"], found["display_name"]) == ("person", "张三")
    assert zhejiang.calls == ["ticketValidation", "getUserInfo"]


@pytest.mark.req("B-16")
def test_a_legal_person_comes_with_an_ssotoken_and_is_the_unit_of_its_code(
    browser: Any, zhejiang: Zhejiang, unit: Callable[..., Actor]
) -> None:
    earlier = unit("unitA1", credit_code="913300000000000191")
    found = account(browser, browser.follow(away(browser, "legal")))
    assert (found["account_id"], found["kind"]) == (str(earlier.account_id), "unit")


def test_a_ticket_that_somebody_has_brought_before_signs_nobody_in(
    browser: Any, another_browser: Callable[[], Any], zhejiang: Zhejiang
) -> None:
    zhejiang.ticket = "the-same-ticket"
    assert account(browser, browser.follow(away(browser, "person")))
    calls = len(zhejiang.calls)
    thief = another_browser()
    assert error_of(thief.follow(away(thief, "person"))) == "sign_in_expired"
    assert len(zhejiang.calls) == calls


def test_a_ticket_needs_the_state_of_a_sign_in_that_this_browser_began(
    browser: Any, another_browser: Callable[[], Any], zhejiang: Zhejiang
) -> None:
    back = away(browser, "person")
    over = "http://portal.test/sign-in?why=sign_in_expired"
    assert browser.follow(back.split("?")[0] + "?ticket=abc").headers["Location"] == over
    victim = another_browser()
    victim.challenge()
    assert victim.follow(back).headers["Location"] == over
    assert zhejiang.calls == []


def test_who_comes_back_too_late_begins_anew(browser: Any, zhejiang: Zhejiang, monkeypatch: pytest.MonkeyPatch) -> None:
    back = away(browser, "person")
    monkeypatch.setattr(lifetimes, "UPSTREAM", timedelta(seconds=-1))
    assert error_of(browser.follow(back)) == "sign_in_expired"
    assert zhejiang.calls == []


@pytest.mark.parametrize(
    ("kind", "wrong", "error"),
    [
        ("person", {"authlevel": "2"}, "assurance_too_low"),
        ("person", {"authlevel": None}, "assurance_too_low"),
        ("person", {"usertype": "2"}, "provider_failed"),
        ("person", {"userid": ""}, "provider_failed"),
        ("person", {"username": ["张三"]}, "provider_failed"),
        ("legal", {"uniscid": ""}, "provider_failed"),
        ("legal", {"userId": 7}, "provider_failed"),
        ("legal", {"realLevel": 1}, "assurance_too_low"),
    ],
)
def test_odd_answers_sign_nobody_in(
    browser: Any, zhejiang: Zhejiang, kind: str, wrong: dict[str, Any], error: str
) -> None:
    zhejiang.person |= wrong
    zhejiang.body |= wrong
    assert error_of(browser.follow(away(browser, kind))) == error


def test_a_ticket_that_the_province_does_not_know_is_refused(browser: Any, zhejiang: Zhejiang) -> None:
    for kind, name in (("person", "ticket"), ("legal", "ssotoken")):
        back = away(browser, kind).split(f"&{name}=")[0]
        assert error_of(browser.follow(f"{back}&{name}=invented{kind}")) == "provider_failed"
