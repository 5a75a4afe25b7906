"""A new pod waits for its migrations, on a real PostgreSQL."""

import pytest
import sqlalchemy as sa

from shenbao_common.testing.postgres import Cluster
from shenbao_common.web import migrated


def at(postgres: Cluster, revision: str) -> str:
    url = postgres.create_database("migrated")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})
    return url


@pytest.mark.parametrize(("revision", "passes"), [("0001", False), ("0002", True), ("0003", True)])
def test_a_database_at_the_head_or_ahead_of_it_lets_a_pod_start(postgres: Cluster, revision: str, passes: bool) -> None:
    assert migrated.reached(at(postgres, revision), "0002") is passes


def test_an_empty_database_lets_no_pod_start(postgres: Cluster) -> None:
    assert migrated.wait(postgres.create_database("migrated"), "0001", patience=0.05, pause=0.01) is False


def test_a_database_that_is_away_lets_no_pod_start() -> None:
    assert migrated.wait("postgresql+psycopg://nobody@127.0.0.1:1/none", "0001", patience=0) is False
