"""A provincial sign-in that is a small real OpenID provider, and can be told to misbehave."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

from shenbao_common.testing.service import UnderTest
from shenbao_identity.api import providers
from shenbao_identity.settings import Provider, Settings

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
def province(_province: Province, identity: UnderTest) -> Province:
    """The service knows this provider, freshly."""
    known = Provider(
        key="province",
        label_zh="省统一身份认证",
        label_en="Provincial sign-in",
        issuer=_province.issuer,
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
    )
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    providers.install(identity.app, replace(settings, providers={"province": known}))
    return _province
