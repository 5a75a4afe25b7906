"""Puts the web half together."""

from flask import Flask

from shenbao_common.web.health import OWN_GAUGES
from shenbao_common.web.service import create_service
from shenbao_subscriptions import handlers
from shenbao_subscriptions.api import deliveries, gauges, mine, subscribers
from shenbao_subscriptions.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The service's app; without settings it reads the environment."""
    app = create_service(
        settings or Settings.from_env(),
        title="Shenbao subscriptions",
        blueprints=[mine.blp, subscribers.blp, deliveries.blp],
        subscriptions=handlers.subscriptions,
    )
    app.extensions[OWN_GAUGES] = gauges.read
    return app
