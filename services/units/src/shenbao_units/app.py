"""Puts the web half together."""

from flask import Flask

from shenbao_common.web.reconciling import known_of_applications
from shenbao_common.web.service import create_service
from shenbao_units import (
    handlers,
)
from shenbao_units.api import (
    bindings,
    directory,
    letters,
    officers,
    organisations,
    registration_cases,
    registrations,
    staff,
    sub_accounts,
    units,
)
from shenbao_units.domain.profile import profile_of
from shenbao_units.models import ApplicationCopy
from shenbao_units.providers.registry import Registry
from shenbao_units.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The service's app; without settings it reads the environment."""
    settings = settings or Settings.from_env()
    facts = [ApplicationCopy.reported, ApplicationCopy.round, ApplicationCopy.failed_round]
    reported_once = (ApplicationCopy.round > 0) | (ApplicationCopy.failed_round > 0)
    known = known_of_applications(ApplicationCopy.application_id, facts, where=reported_once)
    app = create_service(
        settings,
        title="Shenbao units",
        blueprints=[
            organisations.blp,
            registrations.blp,
            registration_cases.blp,
            units.blp,
            officers.blp,
            staff.blp,
            letters.blp,
            sub_accounts.blp,
            bindings.blp,
            directory.blp,
            known,
        ],
        subscriptions=handlers.subscriptions,
    )
    app.extensions[organisations.CODE_DIGITS] = settings.code_digits
    app.extensions[registration_cases.PROFILE] = profile_of(settings.registration)
    app.extensions[registrations.REGISTRY] = Registry(settings.registry_url)
    return app
