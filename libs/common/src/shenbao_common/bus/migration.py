"""The bus's part of each service's migrations."""

import sqlalchemy as sa
from alembic.operations import Operations

from shenbao_common.bus import partitions, tables
from shenbao_common.kernel import clock


def create_bus_tables(op: Operations) -> None:
    """Makes outbox with its default partition and the months ahead, inbox, followed, and what later migrations add."""
    connection = op.get_bind()
    tables.metadata.create_all(connection)
    connection.execute(sa.text(f"CREATE TABLE outbox_default PARTITION OF outbox DEFAULT {partitions.STORAGE}"))
    partitions.make_ahead(connection, clock.machine())


def add_operating(op: Operations) -> None:
    """What operators ask: which part of the past is to be read again, and what belongs to a trace.

    A database whose first migration ran later has this already.
    """
    connection = op.get_bind()
    tables.replay.create(connection, checkfirst=True)
    for index in (*tables.outbox.indexes, *tables.inbox.indexes):
        index.create(connection, checkfirst=True)
