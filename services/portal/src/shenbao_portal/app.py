"""The portal: the only place that puts its Flask app together."""

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from shenbao_common.kernel import spans
from shenbao_common.web import bodies, logs, moving_clock
from shenbao_portal import assets, browsers, i18n, menu, published, returns, security
from shenbao_portal.client import new_key, open_http
from shenbao_portal.messages import words
from shenbao_portal.pages import errors
from shenbao_portal.permission_names import KINDS, LEVELS, PERMISSIONS, SERVICES
from shenbao_portal.programmes import Shelf
from shenbao_portal.session import SealedSessions
from shenbao_portal.settings import Settings
from shenbao_portal.signed_in import Renewals, account

PAGES = (
    "health",
    "home",
    "dashboard",
    "language",
    "signing",
    "registration",
    "first_registration",
    "registration_steps",
    "password",
    "factor",
    "security",
    "unit",
    "sub_accounts",
    "account_batches",
    "officers",
    "staff",
    "mail_recovery",
    "organisation",
    "letters",
    "bindings",
    "organisations",
    "dictionaries",
    "directory",
    "staffing",
    "subscribers",
    "accounts",
    "clients",
    "programmes",
    "events",
    "persons",
    "person",
    "own_copy",
    "messages",
    "work",
    "materials",
    "autosaves",
    "print_jobs",
    "exports",
    "declarations",
    "submission_faces",
    "readings",
    "filings",
    "filing_materials",
    "guides",
    "records",
    "own_archive",
    "citations",
    "archive_review",
    "examinations",
    "self_test",
    "pretest",
    "questions",
    "files",
    "batches",
    "packages",
    "cases",
    "received",
    "projects",
    "plan",
    "publicity",
    "publications",
    "publication_desk",
    "issuances",
    "reconsiderations",
    "legal_holds",
    "committees",
    "sittings",
    "ballots",
    "verification",
    "certificates",
    "seals",
    "wallet",
)
"""Modules of shenbao_portal.pages, each with a blueprint `blp`."""


def create_app(settings: Settings | None = None) -> Flask:
    """The web pages at /; needs nothing but the services' addresses, and starts while they are down."""
    settings = settings or Settings.from_env()
    if settings.profile == "test":
        moving_clock.follow_service(settings.service_urls["identity"])
    app = Flask("shenbao_portal")
    app.config.update(
        # Flask-WTF signs its form tokens with this; the session itself is sealed by SealedSessions.
        SECRET_KEY=settings.cookie_key,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=bodies.MOST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.session_interface = SealedSessions(settings.cookie_key, secure=settings.secure)
    app.extensions.update(portal=settings, portal_http=open_http(), portal_renewals=Renewals(), portal_shelf=Shelf())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.otlp_endpoint:
        spans.configure("portal", settings.otlp_endpoint)
    bodies.install(app)
    logs.install(app)
    security.install(app, settings)
    i18n.install(app)
    assets.install(app)
    errors.install(app)
    CSRFProtect(app)
    for name in PAGES:
        app.register_blueprint(import_module(f"shenbao_portal.pages.{name}").blp)
    app.jinja_env.globals.update(words=words, outdated_browser=browsers.outdated)
    app.context_processor(lambda: {"account": account, "menu": menu.menu, "profile": settings.profile})
    app.jinja_env.globals.update(new_key=new_key, kind_names=KINDS, level_names=LEVELS, permission_names=PERMISSIONS)
    app.jinja_env.globals.update(
        service_names=SERVICES,
        guides_of=published.guides_of,
        notice_board=published.board,
        last_return_of=returns.last_of,
    )
    return app
