"""Brings the databases to the newest migration; does nothing, quickly, when they are there already."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from shenbao_stack.services import folder, variable


def config(service: str) -> Config:
    """Alembic's configuration of one service; its env.py reads the address from `<SERVICE>_DATABASE_URL`."""
    place = folder(service)
    found = Config(place / "alembic.ini")
    found.set_main_option("script_location", str(place / "migrations"))
    return found


def upgrade(databases: Mapping[str, str]) -> list[str]:
    """The services whose database was changed."""
    behind = [s for s in databases if not _current(s, databases[s])]
    for service in behind:
        with address(service, databases[service]):
            command.upgrade(config(service), "head")
    return behind


@contextmanager
def address(service: str, url: str) -> Iterator[None]:
    """Tells a service's migrations where its database is."""
    name = variable(service, "DATABASE_URL")
    before = os.environ.get(name)
    os.environ[name] = url
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def head(service: str) -> str | None:
    """The newest migration there is."""
    return ScriptDirectory.from_config(config(service)).get_current_head()


def _current(service: str, url: str) -> bool:
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return False
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(service),)]
