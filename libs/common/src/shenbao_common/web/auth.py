"""Deny by default: a route without `@public` refuses a caller without a valid token."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, current_app, g, request

from shenbao_common.kernel.actor import Actor, Kind, assurance_of
from shenbao_common.kernel.errors import NotAllowed, Unauthenticated
from shenbao_common.web.edge import transaction
from shenbao_common.web.tokens import AUDIENCE, TOKEN_TYPE

View = TypeVar("View", bound=Callable[..., object])

_OPEN_ENDPOINTS = frozenset({"api-docs.openapi_json", "api-docs.openapi_swagger_ui"})


def public(view: View) -> View:
    """Marks a view that anybody may call; tests/house lists all of them."""
    view.is_public = True  # type: ignore[attr-defined]
    # flask-smorest describes a view by this mapping: here, that no token is asked for.
    described: dict[str, Any] = view.__dict__.setdefault("_apidoc", {})
    described.setdefault("manual_doc", {})["security"] = []
    return view


def also_for(audience: str) -> Callable[[View], View]:
    """Marks a view that takes tokens of another audience too; they open nothing else."""

    def mark(view: View) -> View:
        view.other_audience = audience  # type: ignore[attr-defined]
        return view

    return mark


def opens_first(view: View) -> View:
    """Marks a view that is open to an account that has something to do before all else: what it needs to do that."""
    view.opens_first = True  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    app.before_request(_authenticate)


def actor() -> Actor:
    """Who calls; a public view that calls it without a token refuses."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unauthenticated("token_missing")
    return found


def actor_of(*kinds: Kind) -> Actor:
    """Who calls, being of one of these kinds."""
    found = actor()
    if found.kind not in kinds:
        raise NotAllowed("wrong_kind_of_account")
    return found


def actor_with(permission: str) -> Actor:
    """Who calls, holding the permission."""
    found = actor()
    found.require(permission)
    return found


def is_public(app: Flask, endpoint: str) -> bool:
    return endpoint in _OPEN_ENDPOINTS or getattr(app.view_functions[endpoint], "is_public", False)


def _authenticate() -> None:
    if request.endpoint is None:
        return  # No such route: answered as 404 to anybody.
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        g.actor = _actor_of_token(token)
        return
    if not is_public(current_app, request.endpoint):
        raise Unauthenticated("token_missing")


def _actor_of_token(token: str) -> Actor:
    extension = current_app.extensions["shenbao"]
    claims = extension.token_keys.verify(TOKEN_TYPE, token)
    view = current_app.view_functions[request.endpoint or ""]
    if claims.get("aud") not in {AUDIENCE, getattr(view, "other_audience", AUDIENCE)}:
        raise Unauthenticated("token_invalid")
    found = Actor(
        account_id=UUID(claims["sub"]),
        kind=Kind(claims["kind"]),
        revision=claims.get("rev", 0),
        unit_id=UUID(claims["unit"]) if claims.get("unit") else None,
        organisation_id=UUID(claims["org"]) if claims.get("org") else None,
        permissions=frozenset(claims.get("perms", ())),
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
        assurance=assurance_of(str(claims.get("acr", ""))),
    )
    with transaction() as session:
        extension.ensure_current(session, found)
    # Identity says what is due and is where one signs in, out, and looks after the account itself.
    if (due := claims.get("due")) and extension.settings.service != "identity" and not hasattr(view, "opens_first"):
        raise NotAllowed(due)
    return found
