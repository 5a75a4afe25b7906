"""The listening half of applications."""

import threading

from shenbao_applications.handlers import subscriptions
from shenbao_applications.settings import Settings
from shenbao_common.web.worker import listen, until_signalled


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens until `stop`."""
    listen(settings, subscriptions, stop)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
