"""Counting tries against guessing."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_identity.domain import lockout
from shenbao_identity.models import FailedTries


def take(session: Session, key: str, *, limit: int, now: datetime, window: timedelta = lockout.WINDOW) -> int:
    """Counts one try; answers for how many seconds the key is locked (0: go on).

    Runs in a transaction apart, which is kept whatever becomes of the request.
    """
    blind = sealer_of(session).blind(key)
    new = insert(FailedTries).values(key=blind, failures=0, since=now)
    session.execute(new.on_conflict_do_nothing())
    row = session.get_one(FailedTries, blind, with_for_update=True)
    tries = lockout.Tries(failures=row.failures, since=row.since, locked_until=row.locked_until)
    if locked := tries.seconds_locked(now):
        return locked
    _set(row, lockout.after_try(tries, limit=limit, now=now, window=window))
    return 0


def give_back(session: Session, key: str) -> None:
    """The counted try was a good one."""
    row = session.get(FailedTries, sealer_of(session).blind(key), with_for_update=True)
    if row is not None:
        row.failures, row.locked_until = max(0, row.failures - 1), None


def forget(session: Session, key: str) -> None:
    """A success ends the count."""
    row = session.get(FailedTries, sealer_of(session).blind(key), with_for_update=True)
    if row is not None:
        session.delete(row)


def _set(row: FailedTries, tries: lockout.Tries) -> None:
    row.failures, row.since, row.locked_until = tries.failures, tries.since, tries.locked_until
