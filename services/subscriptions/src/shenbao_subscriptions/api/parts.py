"""What the app puts at the views' disposal."""

from typing import cast

from shenbao_common.web.service import service
from shenbao_subscriptions.settings import Settings


def settings() -> Settings:
    return cast(Settings, service().settings)
