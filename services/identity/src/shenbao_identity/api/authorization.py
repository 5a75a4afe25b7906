"""The browser's way through: asking for a code, coming back from the sign-in page, signing out."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.edge import own_transaction
from shenbao_identity import queries
from shenbao_identity.actions import authorization, grants
from shenbao_identity.api import browser, clients, id_token
from shenbao_identity.api.browser import settings
from shenbao_identity.domain import pkce
from shenbao_identity.models import BrowserSession
from shenbao_identity.settings import Client

blp = Blueprint("authorization", __name__, description="OpenID Connect: authorization code with PKCE.")

SCOPES = ("openid", "profile")
_LONGEST = {"state": 2000, "nonce": 500, "scope": 200, "max_age": 9}


@blp.get("/authorize")
@public
def authorize() -> ResponseReturnValue:
    """Begin a sign-in: back to the client with a code, or to the portal's sign-in page.

    Parameters: response_type=code, client_id, redirect_uri (to the letter as registered), scope, state, nonce,
    code_challenge, code_challenge_method=S256; optional prompt (none, login) and max_age.
    """
    client, redirect_uri = _caller()
    if error := _objection():
        return _back(redirect_uri, {"error": error, "state": request.args.get("state")})
    now = clock.now()
    asked = _asked(client, redirect_uri)
    prompt = request.args.get("prompt", "").split()
    mark = browser.browser_cookie()
    with own_transaction() as session:
        signed_in = queries.session_of_cookie(session, browser.session_cookie(), now=now)
        if signed_in and "login" not in prompt and _is_fresh(signed_in, now):
            code = authorization.code_for(session, asked, signed_in, policy=settings().policy, now=now)
            return _back(redirect_uri, {"code": code, "state": asked.state})
        if "none" in prompt:
            return _back(redirect_uri, {"error": "login_required", "state": asked.state})
        challenge = authorization.challenge_for(session, asked, browser=mark, now=now)
    return browser.keep_browser(_to(f"{settings().portal_url}/sign-in", {"challenge": challenge}), mark)


@blp.get("/authorize/resume")
@public
def resume() -> ResponseReturnValue:
    """Come back after the sign-in: sets the session's cookie and brings the code to the client."""
    with own_transaction() as session:
        returning = authorization.Returning(
            browser=browser.browser_cookie(), old_cookie=browser.session_cookie(), agent=request.user_agent.string
        )
        challenge = request.args.get("challenge", "")
        done = authorization.resume(session, challenge, returning, policy=settings().policy, now=clock.now())
    if done is None:
        return browser.sign_in_again()
    return browser.keep_session(_back(done.redirect_uri, {"code": done.code, "state": done.state}), done.cookie)


@blp.get("/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out (OpenID Connect RP-Initiated Logout 1.0): ends the session and its refresh tokens.

    Parameters: id_token_hint, or client_id when asked from the same site; post_logout_redirect_uri, state.
    A hint ends its own session, and this browser's only when that is of the same account: a stranger's page that
    brings a hint of its own signs nobody else out.
    """
    hint = request.args.get("id_token_hint")
    if hint is None and request.headers.get("Sec-Fetch-Site") == "cross-site":
        # A stranger's page must not sign anybody out.
        raise RuleBroken("invalid", Problem("required", "id_token_hint"))
    said = id_token.read(hint) if hint else {}
    client = clients.known(str(said.get("aud") or request.args.get("client_id", "")))
    if client is None:
        raise RuleBroken("invalid", Problem("unknown_client", "client_id"))
    target = request.args.get("post_logout_redirect_uri") or settings().portal_url
    if target not in _logout_targets(client):
        raise RuleBroken("invalid", Problem("unregistered_redirect", "post_logout_redirect_uri"))
    with own_transaction() as session:
        left = grants.log_out(session, cookie=browser.session_cookie(), hint=_hint(said))
    back = _to(target, {"state": request.args.get("state")})
    return browser.forget_session(back) if left else back


def _hint(said: dict[str, Any]) -> grants.Hint | None:
    return grants.Hint(session_id=UUID(said["sid"]), account_id=UUID(said["sub"])) if "sid" in said else None


def _caller() -> tuple[Client, str]:
    """Who asks, and whereto; wrong ones are never redirected, since the address may be a thief's."""
    client = clients.known(request.args.get("client_id", ""))
    redirect_uri = request.args.get("redirect_uri", "")
    if client is None or "authorization_code" not in client.grants:
        raise RuleBroken("invalid", Problem("unknown_client", "client_id"))
    if redirect_uri not in client.redirect_uris or len(request.args.getlist("redirect_uri")) > 1:
        raise RuleBroken("invalid", Problem("unregistered_redirect", "redirect_uri"))
    return client, redirect_uri


def _objection() -> str | None:
    """The OAuth error of a request whose client is known; None when it is right."""
    args = request.args
    if any(len(args.getlist(name)) > 1 for name in args):
        return "invalid_request"
    if any(len(args.get(name, "")) > longest or "\0" in args.get(name, "") for name, longest in _LONGEST.items()):
        return "invalid_request"
    if args.get("response_type") != "code":
        return "unsupported_response_type"
    if args.get("code_challenge_method") != "S256" or not pkce.is_challenge(args.get("code_challenge", "")):
        return "invalid_request"
    if not args.get("max_age", "0").isdecimal():
        return "invalid_request"
    return None


def _asked(client: Client, redirect_uri: str) -> authorization.Request:
    scopes = request.args.get("scope", "").split()
    return authorization.Request(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scope=" ".join(scope for scope in SCOPES if scope in scopes),
        state=request.args.get("state"),
        nonce=request.args.get("nonce"),
        code_challenge=request.args["code_challenge"],
    )


def _is_fresh(signed_in: BrowserSession, now: datetime) -> bool:
    max_age = request.args.get("max_age")
    return max_age is None or (now - signed_in.auth_time).total_seconds() <= int(max_age)


def _logout_targets(client: Client) -> tuple[str, ...]:
    portal = settings().portal_url
    return client.post_logout_redirect_uris or (portal, f"{portal}/")


def _back(redirect_uri: str, answer: dict[str, str | None]) -> Response:
    """To the client; `iss` lets it tell providers apart (RFC 9207)."""
    return _to(redirect_uri, answer | {"iss": settings().issuer})


def _to(address: str, query: dict[str, str | None]) -> Response:
    text = urlencode({name: value for name, value in query.items() if value is not None})
    joint = "&" if urlsplit(address).query else "?"
    response: Response = redirect(f"{address}{joint}{text}" if text else address)  # type: ignore[assignment]
    return response
