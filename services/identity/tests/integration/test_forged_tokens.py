"""Tokens that were never handed out, or are out of date."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest, token


def test_checklist_26_forged_tokens_are_refused(identity: UnderTest, browser: Any, unit: Callable[..., Actor]) -> None:
    account = unit()
    good = token(account)
    header, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    public = identity.client().get("/.well-known/jwks.json").json["keys"][0]
    stranger = ECKey.generate_key("P-256")
    typ = {"typ": "at+jwt"}

    forged = {
        "none": f"{_b64({'alg': 'none', 'typ': 'at+jwt'})}.{body}.",
        "hs256 with the public key": _hs256({"alg": "HS256", "kid": public["kid"], **typ}, body, public),
        "another key under our kid": jwt.encode({"alg": "ES256", "kid": public["kid"], **typ}, claims, stranger),
        "another kid": jwt.encode({"alg": "ES256", "kid": "x", **typ}, claims, stranger),
        "its own key inside": jwt.encode(
            {"alg": "ES256", "jwk": stranger.as_dict(private=False), **typ}, claims, stranger
        ),
        "another body": f"{header}.{_b64(claims | {'perms': ['account.manage']})}.{signature}",
        "expired": token(account, seconds=-1),
        "another audience": token(account, aud="elsewhere"),
        "another issuer": token(account, iss="http://evil.test"),
        "an ID token": browser.sign_in("unitA1")["id_token"],
        "a ticket": identity.slip("identity", "shenbao-ticket+jwt", claims),
        "not a token": "abc",
    }
    assert browser.call("GET", "/v1/me", good).status_code == 200
    for name, text in forged.items():
        answer = browser.call("GET", "/v1/me", text)
        assert (answer.status_code, answer.json["code"] in {"token_invalid", "token_expired"}) == (401, True), name


def test_a_token_older_than_the_account_is_refused(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    account = unit()
    old = Actor(account_id=account.account_id, kind=account.kind, revision=0, unit_id=account.unit_id)
    assert identity.client(old).get("/v1/me").json["code"] == "token_outdated"
    unknown = Actor(account_id=UUID(int=7), kind=account.kind)
    assert identity.client(unknown).get("/v1/me").json["code"] == "account_disabled"


def _hs256(header: dict[str, Any], body: str, public: dict[str, Any]) -> str:
    """By hand, since the library refuses to sign with a public key."""
    signed = f"{_b64(header)}.{body}"
    pem = ECKey.import_key(public).as_pem(private=False)
    digest = hmac.digest(pem, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _b64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
