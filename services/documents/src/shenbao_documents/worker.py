"""The listening half of documents."""

import threading

from shenbao_common.web.worker import listen, until_signalled
from shenbao_documents.handlers import subscriptions
from shenbao_documents.settings import Settings


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens until `stop`."""
    listen(settings, subscriptions, stop)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
