"""The listening half: events in, copies kept."""

import signal
import threading

from shenbao_common.bus.worker import run_worker
from shenbao_common.web.feed_client import feeds
from shenbao_common.web.logs import configure
from shenbao_common.web.service import database
from shenbao_common.web.settings import ServiceSettings
from shenbao_units.handlers import subscriptions
from shenbao_units.settings import Settings


def run(settings: ServiceSettings, stop: threading.Event) -> None:
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
    configure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(Settings.from_env(), stop)


if __name__ == "__main__":
    main()
