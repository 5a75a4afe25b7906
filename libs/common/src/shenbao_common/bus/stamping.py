"""The log as its relay sees it: rows get their positions, are read in that order, and are marked when published.

One PostgreSQL connection does everything: it holds the advisory lock, listens, and writes. When it is lost, all of
that is lost together, and another relay may go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg.rows import class_row, scalar_row
from sqlalchemy.engine import make_url

from shenbao_common.bus.tables import CHANNEL, OWN_LOG

BATCH = 500

_LOCK = 0x5368656E62616F  # "Shenbao": one relay per database

# Plans are made while the log is empty and kept while it grows: one that reads or sorts the whole log instead of
# following its index would look right until then.
_SETTINGS = (
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET enable_bitmapscan = off;"
    "SET enable_sort = off; SET jit = off; SET plan_cache_mode = force_generic_plan"
)

_BEGIN = """
    INSERT INTO followed SELECT %s, coalesce(max(position), 0) FROM outbox ON CONFLICT DO NOTHING
"""
_STAMP = """
    WITH fresh AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY ordinal) AS n FROM outbox
        WHERE position IS NULL ORDER BY ordinal LIMIT %s
    ), counter AS (
        UPDATE followed SET position = position + (SELECT count(*) FROM fresh)
        WHERE source = %s AND EXISTS (SELECT FROM fresh)
        RETURNING position - (SELECT count(*) FROM fresh) AS before
    )
    UPDATE outbox o SET position = counter.before + fresh.n, published_at = CASE WHEN %s THEN now() END
    FROM fresh, counter WHERE o.id = fresh.id
    RETURNING o.id, o.type, o.subject, o.revision, o.time, o.trace, o.data::text AS data, o.position
"""
_AFTER = """
    SELECT id, type, subject, revision, time, trace, data::text AS data, position
    FROM outbox WHERE position > %s ORDER BY position LIMIT %s
"""
_MARK = """
    UPDATE outbox SET published_at = now()
    WHERE position BETWEEN %s AND %s AND id BETWEEN %s AND %s AND published_at IS NULL
"""
_PUBLISHED = """
    SELECT position FROM outbox WHERE published_at IS NOT NULL AND position > 0
    ORDER BY position DESC LIMIT 1
"""


@dataclass(slots=True)
class Entry:
    """One row of the log; `data` is its JSON text."""

    id: UUID
    type: str
    subject: str
    revision: int
    time: datetime
    trace: str
    data: str
    position: int


def conninfo(database_url: str) -> str:
    """The address for psycopg itself, from one for SQLAlchemy."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


_POSITION = attrgetter("position")


class Log:
    """The outbox, held by the one relay that may stamp it."""

    def __init__(self, connection: psycopg.Connection[Any], *, at_once: bool) -> None:
        self._connection = connection
        # Without a broker the feed is the publication, and stamping puts an event into it.
        self._at_once = at_once

    @classmethod
    def take(cls, database_url: str, *, at_once: bool) -> Self | None:
        """None when another relay has it."""
        connection = psycopg.connect(conninfo(database_url), autocommit=True, connect_timeout=5)
        try:
            with connection.cursor(row_factory=scalar_row) as cursor:
                if cursor.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone():
                    cursor.execute(_SETTINGS)
                    cursor.execute(_BEGIN, (OWN_LOG,))
                    cursor.execute(f"LISTEN {CHANNEL}")
                    return cls(connection, at_once=at_once)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None

    def close(self) -> None:
        self._connection.close()

    def head(self) -> int:
        """The last position given."""
        with self._connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute("SELECT position FROM followed WHERE source = %s", (OWN_LOG,)).fetchone() or 0

    def published(self) -> int:
        """The last position that is known to have been published; rows are marked in order, without gaps."""
        with self._connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(_PUBLISHED).fetchone() or 0

    def stamp(self) -> list[Entry]:
        """Gives the next positions to committed rows, at most a batch, and answers them.

        The counter is raised in the same transaction: a position is never given twice, and a reader that sees the
        counter sees every row up to it.
        """
        with self._connection.cursor(row_factory=class_row(Entry), binary=True) as cursor:
            entries = cursor.execute(_STAMP, (BATCH, OWN_LOG, self._at_once)).fetchall()
        return sorted(entries, key=_POSITION)

    def after(self, position: int, limit: int) -> list[Entry]:
        """Stamped rows after a position."""
        with self._connection.cursor(row_factory=class_row(Entry), binary=True) as cursor:
            return cursor.execute(_AFTER, (position, limit)).fetchall()

    def mark(self, entries: Sequence[Entry]) -> None:
        """Notes that a run of entries was published. Not worth a wait for the disk: were it lost, they would be sent
        again and taken for what they are."""
        if not entries:
            return
        low, high = _bounds(entries)
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(_MARK, (entries[0].position, entries[-1].position, low, high))

    def wait(self, seconds: float) -> bool:
        """Sleeps until somebody commits news; False when nobody did."""
        return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))


def _bounds(entries: Sequence[Entry]) -> tuple[UUID, UUID]:
    """Lowest and highest id: they name the partitions."""
    ids = [entry.id for entry in entries]
    return min(ids), max(ids)
