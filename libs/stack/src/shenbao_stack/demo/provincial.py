"""The simulated provincial sign-in: a small OpenID provider with a page on which one chooses a demo person.

Authorization code with PKCE (RFC 7636), discovery, JWKS, ID tokens signed with ES256. It keeps codes in memory, for a
minute each: it is a stand-in for an outside party and runs beside the suite, never inside a service.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlencode

from flask import Flask, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey

from shenbao_stack.demo.registry import BY_CODE

CLIENT_ID = "shenbao"
_CODE_SECONDS = 60
_TOKEN_SECONDS = 300
_ASKED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")


@dataclass(frozen=True)
class Person:
    """An invented person, natural or legal, as the province knows them."""

    subject: str
    name: str
    id_number: str
    mobile: str
    credit_code: str = ""


PEOPLE = (
    Person("demo-zhangsan", "张三", "330000199001010014", "13800000000"),
    Person("demo-lisi", "李四", "330000198506150026", "13800000001"),
    Person("demo-wangwu", "王五", "330106197903050036", "13800000002"),
)

LEGAL = tuple(
    Person(f"demo-{body.credit_code}", body.name, "", "", body.credit_code) for body in dict.fromkeys(BY_CODE.values())
)
"""Legal persons, as the simulated registry knows them; a client asks for them by `kind=legal`."""


@dataclass(frozen=True)
class Grant:
    """What a code or an access token stands for."""

    person: Person
    redirect_uri: str
    challenge: str
    nonce: str
    until: float


class Provider:
    """State of one simulated provider."""

    def __init__(self, issuer: str, private_pem: str, client_secret: str) -> None:
        self.issuer = issuer
        self.client_secret = client_secret
        self._key = ECKey.import_key(private_pem)
        self._grants: dict[str, Grant] = {}

    def discovery(self) -> dict[str, object]:
        """OpenID Connect Discovery 1.0, section 3."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks.json",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile"],
        }

    def keys(self) -> dict[str, object]:
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "kid": self._key.thumbprint(), "use": "sig", "alg": "ES256"}]}

    def issue(self, person: Person, redirect_uri: str, challenge: str, nonce: str, seconds: int) -> str:
        """A new code or access token."""
        word = secrets.token_urlsafe(32)
        self._grants[word] = Grant(person, redirect_uri, challenge, nonce, time.time() + seconds)
        return word

    def take(self, word: str) -> Grant | None:
        """Each code works once."""
        grant = self._grants.pop(word, None)
        return grant if grant and grant.until > time.time() else None

    def holder(self, token: str) -> Person | None:
        grant = self._grants.get(token)
        return grant.person if grant and grant.until > time.time() else None

    def id_token(self, grant: Grant) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": grant.person.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": now,
            "name": grant.person.name,
            "acr": "urn:shenbao:loa:4",
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        header = {"alg": "ES256", "typ": "JWT", "kid": self._key.thumbprint()}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])


def app(issuer: str, private_pem: str, client_secret: str) -> Flask:
    """Mounted at /demo/provincial."""
    flask = Flask(__name__, static_folder=None)
    provider = Provider(issuer, private_pem, client_secret)
    _publish(flask, provider)
    _sign_in(flask, provider)
    _exchange(flask, provider)
    return flask


def _publish(flask: Flask, provider: Provider) -> None:
    @flask.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        return jsonify(provider.discovery())

    @flask.get("/jwks.json")
    def keys() -> ResponseReturnValue:
        return jsonify(provider.keys())


def _sign_in(flask: Flask, provider: Provider) -> None:
    @flask.get("/authorize")
    def authorize() -> ResponseReturnValue:
        asked = {name: request.args.get(name, "") for name in _ASKED}
        if asked["client_id"] != CLIENT_ID or not asked["redirect_uri"].startswith(_origin(provider.issuer)):
            abort(400)
        if request.args.get("code_challenge_method") != "S256" or not asked["code_challenge"]:
            return redirect(_back(asked, {"error": "invalid_request"}))
        people = LEGAL if request.args.get("kind") == "legal" else PEOPLE
        return render_template("provincial.html", people=people, asked=asked)

    @flask.post("/authorize")
    def chosen() -> ResponseReturnValue:
        asked = {name: request.form.get(name, "") for name in _ASKED}
        if not asked["redirect_uri"].startswith(_origin(provider.issuer)):
            abort(400)
        person = next((p for p in (*PEOPLE, *LEGAL) if p.subject == request.form.get("person")), None)
        if person is None:
            return redirect(_back(asked, {"error": "access_denied"}))
        code = provider.issue(person, asked["redirect_uri"], asked["code_challenge"], asked["nonce"], _CODE_SECONDS)
        return redirect(_back(asked, {"code": code}))


def _exchange(flask: Flask, provider: Provider) -> None:
    @flask.post("/token")
    def token() -> ResponseReturnValue:
        if not _is_client(provider):
            return jsonify(error="invalid_client"), 401
        grant = provider.take(request.form.get("code", ""))
        if grant is None or not _proves(grant, request.form.get("code_verifier", "")):
            return jsonify(error="invalid_grant"), 400
        access = provider.issue(grant.person, "", "", "", _TOKEN_SECONDS)
        return jsonify(
            access_token=access,
            token_type="Bearer",  # noqa: S106  (a scheme's name)
            expires_in=_TOKEN_SECONDS,
            id_token=provider.id_token(grant),
        )

    @flask.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        person = provider.holder(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            return jsonify(error="invalid_token"), 401
        told = {"id_number": person.id_number, "mobile": person.mobile, "credit_code": person.credit_code}
        return jsonify(sub=person.subject, name=person.name, **told)


def _is_client(provider: Provider) -> bool:
    given = request.authorization
    client = given.username if given else request.form.get("client_id")
    secret = given.password if given else request.form.get("client_secret")
    return client == CLIENT_ID and compare_digest(secret or "", provider.client_secret)


def _proves(grant: Grant, verifier: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return compare_digest(challenge, grant.challenge) and request.form.get("redirect_uri") == grant.redirect_uri


def _origin(issuer: str) -> str:
    return issuer.removesuffix("/demo/provincial") + "/"


def _back(asked: dict[str, str], answer: dict[str, str]) -> str:
    return f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked['state']})}"
