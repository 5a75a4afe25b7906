"""Outside parties over real HTTP: a provincial sign-in that can be told to misbehave, and a gateway of messages."""

import base64
import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.testing.service import UnderTest
from shenbao_identity.actions import accounts
from shenbao_identity.actions.deliveries import deliver_due
from shenbao_identity.api import providers as providers_api
from shenbao_identity.providers.sms import SmsGateway
from shenbao_identity.settings import Policy, Provider, Settings

CLIENT = ("shenbao", "province-secret")


@dataclass
class Province:
    """Who signs in next, and what is wrong with the provider; all HTTP is real."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Any] = field(default_factory=dict)
    way: str = "right"
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def is_asked_for(self, subject: str, **claims: Any) -> None:
        """claims: name, id_number, mobile, acr."""
        self.claims = {"sub": subject, **claims}
        self.told, self.wrong, self.way = {}, {}, "right"

    def app(self) -> Flask:
        app = Flask("province")
        app.add_url_rule("/.well-known/openid-configuration", "metadata", self._metadata)
        app.add_url_rule("/jwks.json", "keys", self._keys)
        app.add_url_rule("/authorize", "authorize", self._authorize)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        app.add_url_rule("/userinfo", "userinfo", self._userinfo)
        return app

    def _metadata(self) -> ResponseReturnValue:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        found = {name: f"{self.issuer}/{path}" for name, path in names.items()} | {
            "jwks_uri": f"{self.issuer}/jwks.json"
        }
        return jsonify({"issuer": "http://evil.test" if self.way == "other issuer" else self.issuer, **found})

    def _keys(self) -> ResponseReturnValue:
        return jsonify(keys=[{**self.key.as_dict(private=False), "kid": self.key.thumbprint(), "alg": "ES256"}])

    def _authorize(self) -> ResponseReturnValue:
        asked = request.args.to_dict()
        assert asked["code_challenge_method"] == "S256"
        if self.way == "denied":
            return redirect(f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _token(self) -> ResponseReturnValue:
        asked = self.codes.pop(request.form["code"], None)
        given = request.authorization
        if asked is None or given is None or (given.username, given.password) != CLIENT:
            return jsonify(error="invalid_grant"), 400
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        if self.way == "garbage":
            return "<html>"
        if self.way == "huge":
            return jsonify(id_token="x" * 500_000)
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT[0], "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        key = ECKey.generate_key("P-256") if self.way == "forged" else self.key
        header = {"alg": "ES256", "kid": self.key.thumbprint()}
        return jsonify(access_token="at", id_token=jwt.encode(header, said | self.claims | self.wrong, key))

    def _userinfo(self) -> ResponseReturnValue:
        return jsonify(self.claims | self.told)


@pytest.fixture(scope="session")
def _province() -> Iterator[Province]:
    province = Province()
    server = make_server("127.0.0.1", 0, province.app(), threaded=True)
    province.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield province
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def province(_province: Province, configured: Callable[..., Settings]) -> Province:
    """The service knows this provider, freshly."""
    configured(providers=[known(_province)])
    return _province


def known(province: Province, **changes: Any) -> Provider:
    """The province as the service's settings have it."""
    usual = Provider(
        key="province",
        label_zh="省统一身份认证",
        label_en="Provincial sign-in",
        issuer=province.issuer,
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
    )
    return replace(usual, **changes)


@pytest.fixture
def demanding(_province: Province, configured: Callable[..., Settings]) -> Callable[..., Province]:
    """The service knows one provider for each of these sets of demands: demanding({"least_level": 4}, ...)."""

    def know(*demands: dict[str, Any]) -> Province:
        configured(providers=[known(_province, **demand) for demand in demands])
        return _province

    return know


@pytest.fixture
def configured(identity: UnderTest) -> Iterator[Callable[..., Settings]]:
    """Changes the installation's settings: configured(policy=Policy(...), providers=[...])."""
    before = identity.app.extensions["shenbao"]

    def change(*, providers: list[Provider] | None = None, **changes: Any) -> Settings:
        found = identity.app.extensions["shenbao"]
        settings = found.settings
        assert isinstance(settings, Settings)
        if providers is not None:
            changes["providers"] = {provider.key: provider for provider in providers}
        settings = replace(settings, **changes)
        identity.app.extensions["shenbao"] = replace(found, settings=settings)
        providers_api.install(identity.app, settings)
        return settings

    yield change
    identity.app.extensions["shenbao"] = before
    providers_api.install(identity.app, before.settings)


@pytest.fixture
def admin(identity: UnderTest) -> Actor:
    """The first administrator, as the bootstrap command makes it."""
    with identity.service.sessions.begin() as session:
        made = accounts.make_first_administrator(
            session,
            accounts.FirstAdministrator(username="admin", password="First-One-11", is_final=True),
            policy=Policy(),
            now=clock.now(),
        )
        assert made is not None
        return Actor(
            account_id=made.id, kind=Kind.ADMIN, revision=made.revision, permissions=frozenset(made.permissions)
        )


class Mobiles:
    """Everybody's mobiles: what the gateway, a real HTTP server, was given for them."""

    def __init__(self, identity: UnderTest) -> None:
        self._identity = identity
        self.received: list[dict[str, str]] = []
        self.away = False
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/messages"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def messages(self, *, later: timedelta = timedelta(0)) -> list[dict[str, str]]:
        """All that has come, after the worker has sent what is due."""
        gateway = SmsGateway(url=self.url, token="sms-token")
        deliver_due(self._identity.service.sessions, {"sms": gateway}, now=clock.now() + later)
        return self.received

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _app(self) -> Flask:
        app = Flask("sms")
        app.add_url_rule("/messages", "receive", self._receive, methods=["POST"])
        return app

    def _receive(self) -> ResponseReturnValue:
        if self.away:
            return "", 503
        assert request.headers["Authorization"] == "Bearer sms-token"
        self.received.append(request.get_json())
        return "", 202


@pytest.fixture
def mobiles(identity: UnderTest) -> Iterator[Mobiles]:
    phones = Mobiles(identity)
    yield phones
    phones.close()


@pytest.fixture
def proof(browser: Any, mobiles: Mobiles) -> Callable[[str], dict[str, str]]:
    """Asks for a code and reads it off the mobile."""

    def prove(mobile: str) -> dict[str, str]:
        sent = browser.http.post("/v1/sms-codes", json={"mobile": mobile, **browser.image()})
        assert sent.status_code == 201, sent.json
        found = re.search(r"\d{6}", mobiles.messages()[-1]["text"])
        assert found
        return {"mobile": mobile, "sms_code_id": sent.json["id"], "sms_code": found.group()}

    return prove


@pytest.fixture
def person(browser: Any, proof: Callable[[str], dict[str, str]]) -> Callable[..., str]:
    """A person who has registered; answers the account's id."""

    def make(**changes: Any) -> str:
        made = browser.http.post(
            "/v1/person-registrations",
            json=ZHANG_SAN | (changes if "mobile" in changes else proof("13800000000") | changes),
        )
        assert made.status_code == 201, made.json
        return str(made.json["account_id"])

    return make


ZHANG_SAN = {
    "name": "张三",
    "id_number": "330000199001010014",
    "password": "abc1234!x",
    "password_again": "abc1234!x",
    "consents": {"user_agreement": "2026-01", "privacy_policy": "2026-01"},
}
