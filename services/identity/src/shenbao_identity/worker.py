"""Listens to units, and removes what has run out."""

import signal
import threading

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus.worker import run_worker
from shenbao_common.kernel import clock
from shenbao_common.web import logs
from shenbao_common.web.feed_client import feeds
from shenbao_common.web.service import database
from shenbao_identity.actions import cleaning
from shenbao_identity.handlers import subscriptions
from shenbao_identity.settings import Settings

_PAUSE = 60.0
"""Seconds between two cleanings."""

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop` is set."""
    engine, sessions = database(settings)
    cleaner = threading.Thread(target=_clean, args=(sessions, stop), name="identity.cleaner", daemon=True)
    cleaner.start()
    try:
        run_worker(
            sessions,
            subscriptions,
            broker_url=settings.broker_url,
            feeds=feeds(settings, subscriptions.sources),
            stop=stop,
        )
    finally:
        cleaner.join(timeout=5)
        engine.dispose()


def main() -> None:
    logs.configure()
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    run(Settings.from_env(), stop)


def _clean(sessions: sessionmaker[Session], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with sessions.begin() as session:
                cleaning.clean(session, now=clock.now())
        except DBAPIError as lost:
            _log.warning("cleaning_interrupted", reason=type(lost).__name__)
        stop.wait(_PAUSE)


if __name__ == "__main__":
    main()
