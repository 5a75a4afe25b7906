"""The listening half of units; it also ends delegations whose last day is over, seals names left open and
forgets registrations that nobody handed in."""

import threading

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_units.actions import delegations, registration_cases, sub_accounts
from shenbao_units.handlers import subscriptions
from shenbao_units.settings import Settings

_PAUSE = 10.0
"""Seconds between two looks: how long a delegation may outlast its day."""

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop`."""
    watch = threading.Thread(target=_watch, args=(settings, stop), name="units.watch", daemon=True)
    watch.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        watch.join(timeout=5)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


def _watch(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    while not stop.is_set():
        done = 0
        try:
            with sessions.begin() as session:
                done = delegations.end_due(session, now=clock.now()) + sub_accounts.seal_names(session)
                done += registration_cases.forget_unfinished(session, now=clock.now())
        except (DBAPIError, StaleDataError) as lost:
            _log.warning("watch_interrupted", reason=type(lost).__name__)
        if not done:
            stop.wait(_PAUSE)
    engine.dispose()


if __name__ == "__main__":
    main()
