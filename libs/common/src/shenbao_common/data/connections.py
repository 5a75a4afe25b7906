"""A pool that hands out no dead connection and asks the server nothing for it."""

import select
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from psycopg.pq import Format


class _Cursor(psycopg.Cursor[Any]):
    """Takes rows in the server's own form: a sealed value as text is twice as long, and is written and read twice.

    SQLAlchemy reads the catalogue as text: what looks at tables does it over a connection of its own.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.format = Format.BINARY

    def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, **options: Any) -> Self:
        # What is prepared is in the end planned for any values; the pages of lists need a plan for theirs.
        prepare = False if self.connection.read_only else prepare
        return super().execute(query, params, prepare=prepare, **options)


def engine_for(database_url: str) -> sa.Engine:
    """The engine of a process that answers requests or handles events.

    Whoever comes back after a restart of PostgreSQL gets a new connection. SQLAlchemy's own ping would ask the server
    before every transaction, which is a sixth of what a typical write takes.
    """
    engine = sa.create_engine(database_url, pool_size=10, max_overflow=10, connect_args={"cursor_factory": _Cursor})
    sa.event.listen(engine, "checkout", _ensure_open)
    return engine


def _ensure_open(connection: Any, _record: object, _proxy: object) -> None:
    # The server has nothing to say to an idle connection but its end; the rare other word costs one reconnection.
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    if said.poll(0):
        raise sa.exc.InvalidatePoolError
