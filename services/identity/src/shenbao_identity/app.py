"""Puts the Flask app together."""

from dataclasses import replace

from flask import Flask

from shenbao_common.web.service import create_service
from shenbao_common.web.tokens import Keys
from shenbao_identity import handlers
from shenbao_identity.api import (
    accounts,
    agents,
    authorization,
    clients,
    current,
    details,
    face,
    image_codes,
    mail_codes,
    me,
    messages,
    openid,
    organisation_staff,
    own_copy,
    person_slips,
    persons,
    privacy,
    providers,
    reservations,
    second_factor,
    security,
    sign_ins,
    token,
    unit_recovery,
)
from shenbao_identity.settings import Settings

BLUEPRINTS = (
    openid.blp,
    authorization.blp,
    token.blp,
    image_codes.blp,
    sign_ins.blp,
    providers.blp,
    reservations.blp,
    agents.blp,
    unit_recovery.blp,
    mail_codes.blp,
    persons.blp,
    me.blp,
    messages.blp,
    person_slips.blp,
    details.blp,
    own_copy.blp,
    accounts.blp,
    organisation_staff.blp,
    clients.blp,
    face.blp,
    second_factor.blp,
    security.blp,
    privacy.blp,
)


def create_app(settings: Settings | None = None) -> Flask:
    app = create_service(
        settings or Settings.from_env(),
        title="Shenbao identity",
        blueprints=BLUEPRINTS,
        subscriptions=handlers.subscriptions,
        ensure_current=current.ensure_current,
    )
    found = app.extensions["shenbao"]
    # The keys of tokens are our own: nobody needs to be asked for them over HTTP.
    own_keys = Keys(found.settings.issuer, found.signer.published)
    app.extensions["shenbao"] = replace(found, token_keys=own_keys)
    providers.install(app, found.settings)
    return app
