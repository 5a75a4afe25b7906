"""Review's listening half: hears what the other services tell."""

import signal
import threading

from shenbao_common.bus.worker import run_worker
from shenbao_common.web import logs
from shenbao_common.web.feed_client import feeds
from shenbao_common.web.service import database
from shenbao_review.handlers import subscriptions
from shenbao_review.settings import Settings


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens until `stop`."""
    engine, sessions = database(settings)
    try:
        run_worker(
            sessions,
            subscriptions,
            broker_url=settings.broker_url,
            feeds=feeds(settings, subscriptions.sources),
            stop=stop,
        )
    finally:
        engine.dispose()


def main() -> None:
    logs.configure()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    run(Settings.from_env(), stop)


if __name__ == "__main__":
    main()
