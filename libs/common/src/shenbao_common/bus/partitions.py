"""Monthly partitions of the outbox: made ahead, dropped when older than the log is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

RETENTION_DAYS = 400
ANSWER_DAYS = 7
"""How long the log and the inbox remember; a listener away for longer has to be told in another way."""

MONTHS_AHEAD = 3

STORAGE = "WITH (fillfactor = 60)"
"""Each row is written three times (told, stamped, published); with room beside it the last costs no index entries."""

_DEFAULT = "outbox_default"


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month in UTC, and the ids made in it."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        moment = moment.astimezone(UTC)
        return cls(moment.year, moment.month)

    @property
    def following(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def name(self) -> str:
        return f"outbox_{self.year:04}_{self.month:02}"

    @property
    def first_id(self) -> UUID:
        """The lowest id of the month: 48 bits of milliseconds, the rest nought."""
        start = datetime(self.year, self.month, 1, tzinfo=UTC)
        return UUID(int=int(start.timestamp()) * 1000 << 80)


def make_ahead(connection: Connection, now: datetime, months: int = MONTHS_AHEAD) -> list[str]:
    """Makes the partitions from this month on that are missing; answers their names.

    Rows that fell into the default partition meanwhile move to where they belong.
    """
    present = set(_partitions(connection))
    missing = [month for month in _from(Month.of(now), months) if month.name not in present]
    for month in missing:
        _make(connection, month)
    return [month.name for month in missing]


def drop_old(connection: Connection, now: datetime, days: int = RETENTION_DAYS) -> list[str]:
    """Drops months that ended more than `days` ago and hold nothing that still waits to be published."""
    last_kept = Month.of(now - timedelta(days=days)).name
    gone = []
    for name in sorted(_partitions(connection)):
        if name < last_kept and name != _DEFAULT and not _waits(connection, name):
            connection.execute(sa.text(f"DROP TABLE {name}"))
            gone.append(name)
    return gone


def forget_handled(connection: Connection, now: datetime, days: int = RETENTION_DAYS) -> int:
    """Deletes inbox rows of events that no feed holds any more; what is parked or deferred stays."""
    statement = sa.text("DELETE FROM inbox WHERE state = 'handled' AND seen_at < :limit")
    return connection.execute(statement, {"limit": now - timedelta(days=days + 31)}).rowcount


def forget_answers(connection: Connection, now: datetime) -> int:
    """Deletes what was kept lest a request that is sent again has a second effect."""
    statement = sa.text("DELETE FROM request_key WHERE made_at < :limit")
    return connection.execute(statement, {"limit": now - timedelta(days=ANSWER_DAYS)}).rowcount


def _from(month: Month, more: int) -> Iterator[Month]:
    for _ in range(more + 1):
        yield month
        month = month.following


def _partitions(connection: Connection) -> list[str]:
    statement = sa.text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = to_regclass('outbox')"
    )
    return list(connection.scalars(statement))


def _make(connection: Connection, month: Month) -> None:
    low, high = month.first_id, month.following.first_id
    span = {"low": low, "high": high}
    connection.execute(sa.text(f"CREATE TABLE {month.name} (LIKE outbox INCLUDING DEFAULTS) {STORAGE}"))
    strays = f"DELETE FROM {_DEFAULT} WHERE id >= :low AND id < :high RETURNING *"  # noqa: S608
    moved = f"WITH strays AS ({strays}) INSERT INTO {month.name} SELECT * FROM strays"  # noqa: S608
    connection.execute(sa.text(moved), span)
    connection.execute(
        sa.text(f"ALTER TABLE outbox ATTACH PARTITION {month.name} FOR VALUES FROM ('{low}') TO ('{high}')")
    )


def _waits(connection: Connection, name: str) -> bool:
    statement = f"SELECT EXISTS (SELECT FROM {name} WHERE published_at IS NULL)"  # noqa: S608
    return bool(connection.scalar(sa.text(statement)))
