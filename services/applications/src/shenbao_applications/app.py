"""Puts the web half together."""

from flask import Flask

from shenbao_applications import handlers
from shenbao_applications.api import applications, operating, programmes, projects, reports, sheets
from shenbao_applications.settings import Settings
from shenbao_common.web.service import create_service


def create_app(settings: Settings | None = None) -> Flask:
    """The service's app; without settings it reads the environment."""
    return create_service(
        settings or Settings.from_env(),
        title="Shenbao applications",
        blueprints=[programmes.blp, projects.blp, applications.blp, reports.blp, sheets.blp, operating.blp],
        subscriptions=handlers.subscriptions,
    )
