"""The web application of documents, put together."""

from dataclasses import replace

from flask import Flask

from shenbao_common.web.reconciling import known_of_applications
from shenbao_common.web.service import Service, create_service
from shenbao_documents import handlers
from shenbao_documents.api import (
    authorization_certificates,
    blank_forms,
    certificates,
    earlier,
    evaluated,
    exchange,
    export_jobs,
    exports,
    files,
    legal_holds,
    minutes,
    print_jobs,
    prints,
    public_contents,
    recognitions,
    retrievals,
    seals,
    uploads,
    verifications,
)
from shenbao_documents.api.parts import EXTENSION, Parts
from shenbao_documents.api.tickets import TokensAndTickets
from shenbao_documents.models import Party
from shenbao_documents.providers.chosen_storage import storage_of
from shenbao_documents.providers.retrieval import providers
from shenbao_documents.providers.scanner import Scanner
from shenbao_documents.providers.signing import PdfSigner
from shenbao_documents.providers.typesetting import Typesetter
from shenbao_documents.settings import Settings

BLUEPRINTS = [
    files.blp,
    evaluated.blp,
    legal_holds.blp,
    uploads.blp,
    retrievals.blp,
    prints.blp,
    print_jobs.blp,
    minutes.blp,
    blank_forms.blp,
    exchange.blp,
    exports.blp,
    export_jobs.blp,
    seals.blp,
    certificates.blp,
    earlier.blp,
    authorization_certificates.blp,
    verifications.blp,
    public_contents.blp,
    known_of_applications(Party.application_id, [Party.reference, Party.approved]),
    recognitions.blp,
]


def create_app(settings: Settings | None = None) -> Flask:
    """The app on the given settings, else on those of the environment."""
    settings = settings or Settings.from_env()
    app = create_service(
        settings,
        title="Shenbao documents",
        blueprints=BLUEPRINTS,
        subscriptions=handlers.subscriptions,
    )
    common: Service = app.extensions["shenbao"]
    keys = TokensAndTickets(common.token_keys, tickets=lambda: common.keys_of("identity"))
    app.extensions["shenbao"] = replace(common, token_keys=keys)
    app.extensions[EXTENSION] = Parts(
        storage_of(settings),
        Typesetter(settings.fonts),
        Scanner(settings.scanner) if settings.scanner else None,
        PdfSigner(settings.seal, settings.timestamps) if settings.seal else None,
        f"{settings.portal_url}/verify",
        providers(settings.providers),
    )
    return app
