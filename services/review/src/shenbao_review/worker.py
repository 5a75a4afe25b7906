"""The half of review that nobody waits for: it listens, and carries out what is due."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus.faults import reason
from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_review.actions import batches, limits, publicity, timers
from shenbao_review.handlers import subscriptions
from shenbao_review.settings import Settings

_PAUSE = 0.25
"""Seconds between two looks for work, when there was none."""

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens, and carries out what is due, until `stop`; however many such processes run."""
    working = threading.Thread(target=work, args=(settings, stop), name="review.work", daemon=True)
    working.start()
    listen(settings, subscriptions, stop)
    working.join(timeout=_PAUSE * 20)


def work(settings: Settings, stop: threading.Event) -> None:
    """Piece by piece; survives whatever a piece or the database does."""
    engine, sessions = database(settings)
    try:
        while not stop.is_set():
            if not piece(sessions):
                stop.wait(_PAUSE)
    finally:
        engine.dispose()


_TIMED = {limits.REMIND: limits.remind, limits.OVERDUE: limits.pass_limit, publicity.ENDS: publicity.end}
"""What is done when a timer of a kind is due."""


def piece(sessions: sessionmaker[Session], now: Callable[[], datetime] = clock.now) -> bool:
    """A piece of each kind of work, in a transaction of its own, so that neither waits for the other's end.

    False when there was nothing to be done, or it went wrong.
    """
    decided = _done(sessions, lambda session: batches.advance(session, now()))
    fired = _done(sessions, lambda session: timers.fire(session, _TIMED, now()))
    return decided or fired


def _done(sessions: sessionmaker[Session], deed: Callable[[Session], bool]) -> bool:
    try:
        with sessions.begin() as session:
            return deed(session)
    except Exception as fault:  # noqa: BLE001  (a worker that is dead helps nobody; the piece is tried again)
        _log.warning("piece_failed", reason=reason(fault))
        return False


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
