"""The portal as a client of identity: OpenID Connect authorization code with PKCE (RFC 7636), server-side."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import current_app, session

from shenbao_portal import signed_in
from shenbao_portal.client import service
from shenbao_portal.refusals import SignedOut
from shenbao_portal.settings import Settings

_PENDING = "signing_in"


def begin(back: str, *, again: bool = False) -> str:
    """Remembers what is to be proved on return; answers identity's address for the browser.

    again: asks who is there also in a browser that is signed in.
    """
    settings: Settings = current_app.extensions["portal"]
    state, verifier, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    session[_PENDING] = {"state": state, "verifier": verifier, "back": back}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": signed_in.CLIENT,
        "redirect_uri": _redirect_uri(settings),
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if again:
        query["prompt"] = "login"
    return f"{settings.issuer}/authorize?{urlencode(query)}"


def finish(answer: Mapping[str, str]) -> str:
    """Takes the code of identity's answer for tokens; answers the path to go on to."""
    settings: Settings = current_app.extensions["portal"]
    pending = session.pop(_PENDING, None)
    if not pending or not _is_ours(answer, pending["state"], settings.issuer):
        raise SignedOut("challenge_over")
    tokens = signed_in.ask_for_tokens(
        grant_type="authorization_code",
        code=answer["code"],
        redirect_uri=_redirect_uri(settings),
        code_verifier=pending["verifier"],
    )
    # A new session from here on: nothing that was set before signing in stays, also not the forms' protection.
    session.clear()
    signed_in.keep(tokens)
    _learn_names()
    return str(pending["back"])


def end() -> str:
    """Ends the session here and at identity; answers identity's sign-out address for the browser."""
    settings: Settings = current_app.extensions["portal"]
    refresh = session.get("refresh")
    session.clear()
    if refresh:
        signed_in.revoke(refresh)
    query = {"client_id": signed_in.CLIENT, "post_logout_redirect_uri": settings.portal_url + "/"}
    return f"{settings.issuer}/logout?{urlencode(query)}"


def _is_ours(answer: Mapping[str, str], state: str, issuer: str) -> bool:
    """Does the answer carry a code, belong to the sign-in begun in this browser, and come from identity (RFC 9207)?"""
    same = secrets.compare_digest(answer.get("state", "").encode(), state.encode())
    return same and bool(answer.get("code")) and answer.get("iss", issuer) == issuer


def _redirect_uri(settings: Settings) -> str:
    return f"{settings.portal_url}/signed-in"


def _learn_names() -> None:
    me = service("identity").get("/v1/me").body
    session["missing"] = bool(me.get("missing"))
    session["username"] = me.get("username") or ""
    session["name"] = me.get("display_name") or me.get("name") or me.get("username") or ""
