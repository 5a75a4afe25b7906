"""Provincial sign-ins: the list, the way there, the way back."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Conflict, NotFound
from shenbao_common.web.auth import public
from shenbao_common.web.edge import own_transaction
from shenbao_identity.actions import federation
from shenbao_identity.api import browser
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import ProvidersOut
from shenbao_identity.providers.openid import OpenIdUpstream
from shenbao_identity.providers.upstream import ProviderFault, Upstream
from shenbao_identity.providers.zhejiang import SsoTokenUpstream, TicketUpstream
from shenbao_identity.settings import Provider, Settings

blp = Blueprint("providers", __name__, url_prefix="/v1", description="Signing in by a province.")

_ADAPTERS: dict[str, Callable[[Provider], Upstream]] = {
    "openid": OpenIdUpstream,
    "zj_ticket": TicketUpstream,
    "zj_ssotoken": SsoTokenUpstream,
}
_TICKETS = ("ticket", "ssotoken")
_EXTENSION = "shenbao_identity.upstreams"
_log = structlog.get_logger()


def install(app: Flask, settings_of_app: Settings) -> None:
    """One upstream a provider; each keeps the provider's metadata and keys."""
    app.extensions[_EXTENSION] = {
        key: _ADAPTERS[provider.protocol](provider) for key, provider in settings_of_app.providers.items()
    }


@blp.get("/providers")
@blp.response(200, ProvidersOut)
@public
def index() -> dict[str, Any]:
    """The provincial sign-ins of this installation."""
    return {"items": [upstream.provider for upstream in current_app.extensions[_EXTENSION].values()]}


@blp.get("/sign-ins/<challenge>/providers/<key>")
@public
def depart(challenge: str, key: str) -> ResponseReturnValue:
    """Send the browser to a provider."""
    upstream = _upstream(key)
    try:
        with own_transaction() as session:
            begun = federation.begin(
                session, challenge, provider=key, browser=browser.browser_cookie(), now=clock.now()
            )
    except NotFound:
        return browser.sign_in_again()
    try:
        return redirect(upstream.address(begun.way(_callback(key))))
    except ProviderFault as fault:
        return _failed(challenge, "provider_failed", fault)


@blp.get("/providers/<key>/callback")
@public
def arrive(key: str) -> ResponseReturnValue:
    """Back from the provider."""
    upstream, state, now = _upstream(key), request.args.get("state", ""), clock.now()
    with own_transaction() as session:
        begun = federation.take(session, state, provider=key, browser=browser.browser_cookie(), now=now)
    if begun is None:
        return browser.sign_in_again()
    challenge = begun.challenge
    if "error" in request.args:
        return _failed(challenge, "provider_denied")
    with own_transaction() as session:
        fresh = federation.is_fresh(session, begun, [request.args.get(name, "") for name in _TICKETS], now=now)
    if not fresh:
        return _failed(challenge, "sign_in_expired")
    try:
        who = upstream.vouched(begun.way(_callback(key)), request.args.to_dict())
        with own_transaction() as session:
            federation.finish(session, challenge, who, by=upstream.provider, now=now)
    except ProviderFault as fault:
        return _failed(challenge, "provider_failed", fault)
    except Conflict as refused:
        if refused.code == "assurance_too_low" and upstream.provider.upgrade_url:
            return redirect(upstream.provider.upgrade_url)
        return _failed(challenge, refused.code)
    return redirect(f"{settings().url('/authorize/resume')}?{urlencode({'challenge': challenge})}")


def _failed(challenge: str, error: str, fault: ProviderFault | None = None) -> Response:
    _log.warning("provincial_sign_in_failed", error=error, reason=str(fault) if fault else None)
    query = urlencode({"challenge": challenge, "error": error})
    response: Response = redirect(f"{settings().portal_url}/sign-in?{query}")  # type: ignore[assignment]
    return response


def _callback(key: str) -> str:
    return settings().url(f"/v1/providers/{key}/callback")


def _upstream(key: str) -> Upstream:
    upstream: Upstream | None = current_app.extensions[_EXTENSION].get(key)
    if upstream is None:
        raise NotFound
    return upstream
