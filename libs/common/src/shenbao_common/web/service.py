"""One Flask app of one service: everything that all services have in common is put together here."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from shenbao_common.bus import moved_clock
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.data import audit, of_person, sealed
from shenbao_common.data.connections import engine_for
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.kernel import spans
from shenbao_common.kernel.actor import Actor
from shenbao_common.web import (
    accounts,
    auditing,
    auth,
    bodies,
    edge,
    errors,
    feed,
    health,
    logs,
    moving_clock,
    operating,
)
from shenbao_common.web.described import Described, DescribedApi
from shenbao_common.web.json_text import Json
from shenbao_common.web.settings import ServiceSettings
from shenbao_common.web.tokens import Keys, Signer

JSON_LIMIT = 1024 * 1024
"""Bytes of a request's body, unless a service says otherwise."""


@dataclass(frozen=True)
class Service:
    """What views reach through `service()`; handlers and workers get the parts handed in."""

    settings: ServiceSettings
    engine: Engine
    sessions: sessionmaker[Session]
    subscriptions: Subscriptions
    signer: Signer
    token_keys: Keys
    ensure_current: Callable[[Session, Actor], None]

    def keys_of(self, other: str) -> Keys:
        """The published keys of another service, for its slips."""
        return _keys(self.settings, other)


def service() -> Service:
    found: Service = current_app.extensions["shenbao"]
    return found


def database(settings: ServiceSettings) -> tuple[Engine, sessionmaker[Session]]:
    """The service's own database, with the key of its sealed columns installed; a test moves the clock it keeps."""
    if settings.profile == "test":
        moved_clock.follow(settings.database_url)
    engine = engine_for(settings.database_url)
    own = sealer(settings)
    sealed.install(engine, own)
    if settings.person_keys:
        of_person.install(engine, PersonKeys(settings.person_keys, own))
    sessions = sessionmaker(engine, expire_on_commit=False)
    audit.install(sessions)
    return engine, sessions


def sealer(settings: ServiceSettings) -> sealed.Sealer:
    """What seals and opens this service's personal data."""
    others = [base64.b64decode(key) for key in settings.other_data_keys]
    index_key = base64.b64decode(settings.index_key) if settings.index_key else None
    key = base64.b64decode(settings.data_key)
    return sealed.Sealer(
        key, others=others, suite=settings.algorithms, index_key=index_key, compresses=settings.compresses
    )


def create_service(
    settings: ServiceSettings,
    *,
    title: str,
    blueprints: Sequence[Blueprint],
    subscriptions: Subscriptions,
    ensure_current: Callable[[Session, Actor], None] = accounts.ensure_current,
) -> Flask:
    """The app: deny by default, one transaction a request, problem+json, OpenAPI at /openapi.json and /docs."""
    # Its page of the document stands before that of flask_smorest, which is made for desks alone.
    app = edge.ServiceApp(
        f"shenbao_{settings.service}", static_folder=None, template_folder=str(Path(__file__).parent / "templates")
    )
    app.config.update(_openapi(title, settings), MAX_CONTENT_LENGTH=JSON_LIMIT)
    app.json = Json(app)
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_prefix=hops)  # type: ignore[method-assign]
    engine, sessions = database(settings)
    signer = Signer(settings.service, settings.signing_key, settings.other_signing_key)
    app.extensions["shenbao"] = Service(
        settings, engine, sessions, subscriptions, signer, _token_keys(settings), ensure_current
    )
    if settings.otlp_endpoint:
        spans.configure(settings.service, settings.otlp_endpoint)
    bodies.install(app)
    logs.install(app)
    auth.install(app)
    api = DescribedApi(app, spec_kwargs={"extra_plugins": [Described()]})
    errors.install(app)  # after the Api, whose own handler it replaces
    for blueprint in (*blueprints, feed.blp, operating.blp, auditing.blp, health.blp):
        api.register_blueprint(blueprint)
    if settings.profile == "test":
        app.register_blueprint(moving_clock.blp)  # no part of what the service promises, so not in its document
    app.add_url_rule("/.well-known/jwks.json", "keys", auth.public(lambda: _jwks(app)))
    return app


def _jwks(app: Flask) -> ResponseReturnValue:
    published: dict[str, Any] = app.extensions["shenbao"].signer.published()
    return published


def _token_keys(settings: ServiceSettings) -> Keys:
    address = f"{settings.service_urls['identity']}/.well-known/jwks.json"
    return Keys.at(settings.issuer, address)


_slip_keys: dict[tuple[str, str], Keys] = {}


def _keys(settings: ServiceSettings, other: str) -> Keys:
    # One fetch per signer and process, not per request.
    url = f"{settings.service_urls[other]}/.well-known/jwks.json"
    return _slip_keys.setdefault((other, url), Keys.at(other, url))


def _openapi(title: str, settings: ServiceSettings) -> dict[str, Any]:
    return {
        "API_TITLE": title,
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        # The page's scripts are served by the portal, so that no browser asks another house for them.
        "OPENAPI_SWAGGER_UI_PATH": "/docs",
        "OPENAPI_SWAGGER_UI_URL": f"{settings.portal_url}/static/vendor/swagger/",
        "API_SPEC_OPTIONS": {
            "servers": [{"url": "."}],  # beside the document, wherever the service is mounted
            "security": [{"bearer": []}],
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    }
