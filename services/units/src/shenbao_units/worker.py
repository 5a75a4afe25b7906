"""The listening half of units; it also ends delegations whose last day is over."""

import threading

import structlog
from sqlalchemy.exc import DBAPIError

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_units.actions import delegations
from shenbao_units.handlers import subscriptions
from shenbao_units.settings import Settings

_PAUSE = 10.0
"""Seconds between two looks: how long a delegation may outlast its day."""

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop`."""
    watch = threading.Thread(target=_end_delegations, args=(settings, stop), name="units.delegations", daemon=True)
    watch.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        watch.join(timeout=5)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


def _end_delegations(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    while not stop.is_set():
        ended = 0
        try:
            with sessions.begin() as session:
                ended = delegations.end_due(session, now=clock.now())
        except DBAPIError as lost:
            _log.warning("delegations_not_looked_at", reason=type(lost).__name__)
        if not ended:
            stop.wait(_PAUSE)
    engine.dispose()


if __name__ == "__main__":
    main()
