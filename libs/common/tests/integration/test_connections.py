"""The pool after the server ended its connections."""

import sqlalchemy as sa

from shenbao_common.data.connections import engine_for
from shenbao_common.testing.postgres import Cluster

_END = sa.text("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid = ANY(:pids)")


def test_connections_that_the_server_ended_are_not_handed_out(postgres: Cluster) -> None:
    engine = engine_for(url := postgres.create_database("connections"))
    held = [engine.connect() for _ in range(3)]
    pids = [connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in held]
    for connection in held:
        connection.close()
    other = sa.create_engine(url, poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.execute(_END, {"pids": pids})
    again = [engine.connect() for _ in range(3)]
    assert not {c.scalar(sa.text("SELECT pg_backend_pid()")) for c in again} & set(pids)
    for connection in again:
        connection.close()
    engine.dispose()


def test_a_connection_is_used_again(postgres: Cluster) -> None:
    engine = engine_for(postgres.create_database("connections"))
    with engine.connect() as connection:
        first = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT pg_backend_pid()")) == first
    engine.dispose()
