"""How every service's migrations run: online, and never in the way of the code that is serving."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from alembic import context, op

_LOCK_MS = 400
"""Below the second after which PostgreSQL looks for a deadlock: it could end a request of the running service for it,
one that waits for this migration as this one waits for it. So it is always the migration that gives way."""

_STATEMENT_MS = 5_000
_PATIENCE, _PAUSE = 60.0, 0.5
_GAVE_WAY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def run(database_url: str, *, patience: float = _PATIENCE) -> None:
    """Called by a service's migrations/env.py. One that gives way is tried again, for so many seconds."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    deadline = time.monotonic() + patience
    while True:
        try:
            return _run(engine)
        except sa.exc.OperationalError as held:
            if not isinstance(held.orig, _GAVE_WAY) or time.monotonic() > deadline:
                raise
        threading.Event().wait(_PAUSE)


def _run(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text(f"SET lock_timeout = {_LOCK_MS}"))
        connection.execute(sa.text(f"SET statement_timeout = {_STATEMENT_MS}"))
        connection.commit()
        # Each in a transaction of its own: the fewer locks one holds, the sooner it has them all.
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def unhurried() -> Iterator[None]:
    """For indexes that are made CONCURRENTLY, in an autocommit_block: they hold nobody up and may take their time."""
    op.execute("SET statement_timeout = 0")
    op.execute("SET lock_timeout = 0")
    yield
    op.execute(f"SET statement_timeout = {_STATEMENT_MS}")
    op.execute(f"SET lock_timeout = {_LOCK_MS}")
