"""The listening half of applications."""

import signal
import threading

from shenbao_applications.handlers import subscriptions
from shenbao_applications.settings import Settings
from shenbao_common.bus.worker import run_worker
from shenbao_common.web import logs
from shenbao_common.web.feed_client import feeds
from shenbao_common.web.service import database


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
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    run(Settings.from_env(), stop)


if __name__ == "__main__":
    main()
