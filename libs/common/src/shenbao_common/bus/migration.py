"""The bus's part of each service's first migration."""

import sqlalchemy as sa
from alembic.operations import Operations

from shenbao_common.bus import partitions, tables
from shenbao_common.kernel import clock


def create_bus_tables(op: Operations) -> None:
    """Makes outbox with its default partition and the months ahead, inbox, followed."""
    connection = op.get_bind()
    tables.metadata.create_all(connection)
    connection.execute(sa.text(f"CREATE TABLE outbox_default PARTITION OF outbox DEFAULT {partitions.STORAGE}"))
    partitions.make_ahead(connection, clock.machine())
