"""A migration beside the running service: whoever has to give way, it is never a request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from shenbao_common.testing.postgres import Cluster

_ENV = "from shenbao_common.web import migrating\nmigrating.run({url!r}, patience={patience})\n"
_WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_TWO_TABLES = f'''
from alembic import op
revision, down_revision = "0001", None

def upgrade():
    op.execute("ALTER TABLE author ADD COLUMN born date")
    while not op.get_bind().exec_driver_sql("""{_WAITING}""").scalar():
        pass
    op.execute("ALTER TABLE note ADD COLUMN pages int")
'''
_INDEX = """
from alembic import op
from shenbao_common.web import migrating
revision, down_revision = "0001", None

def upgrade():
    with op.get_context().autocommit_block(), migrating.unhurried():
        op.create_index("note_by_text", "note", ["text"], postgresql_concurrently=True)
"""


@pytest.fixture
def url(postgres: Cluster) -> str:
    made = postgres.create_database("migrating")
    with psycopg.connect(_plain(made)) as connection:
        connection.execute("CREATE TABLE author (name text); CREATE TABLE note (text text)")
    return made


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def _migration(folder: Path, url: str, script: str, *, patience: float = 30) -> Callable[[], None]:
    (folder / "versions").mkdir()
    (folder / "env.py").write_text(_ENV.format(url=url, patience=patience), encoding="utf-8")
    (folder / "versions" / "0001.py").write_text(script, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder))
    return lambda: command.upgrade(config, "head")


def _columns(url: str, table: str) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return [column["name"] for column in sa.inspect(engine).get_columns(table)]


def test_a_request_that_a_migration_meets_in_another_order_is_answered(url: str, tmp_path: Path) -> None:
    """The request has note and wants author, the migration has author and wants note; the request waits longer."""
    upgrade = _migration(tmp_path, url, _TWO_TABLES)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(_plain(url)) as look:
        with psycopg.connect(_plain(url)) as request:
            request.execute("SELECT * FROM note")
            migrated = pool.submit(upgrade)
            held = "SELECT 1 FROM pg_locks WHERE relation = 'author'::regclass AND mode = 'AccessExclusiveLock'"
            while not look.execute(held).fetchall():
                look.rollback()
            assert request.execute("SELECT count(*) FROM author").fetchone() == (0,)
        with psycopg.connect(_plain(url)) as later:  # the next try waits for a request once more
            while not migrated.done():
                later.execute("SELECT * FROM author")
                later.rollback()
        migrated.result()
    assert "born" in _columns(url, "author")
    assert "pages" in _columns(url, "note")


def test_a_migration_that_never_has_its_lock_fails(url: str, tmp_path: Path) -> None:
    upgrade = _migration(tmp_path, url, _TWO_TABLES, patience=0)
    with psycopg.connect(_plain(url)) as request:
        request.execute("SELECT * FROM author")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            upgrade()
    assert _columns(url, "author") == ["name"]


def test_an_index_that_is_made_concurrently_waits_for_as_long_as_it_takes(url: str, tmp_path: Path) -> None:
    upgrade = _migration(tmp_path, url, _INDEX, patience=0)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(_plain(url)) as request:
        request.execute("INSERT INTO note VALUES ('long')")
        migrated = pool.submit(upgrade)
        with pytest.raises(TimeoutError):
            migrated.result(timeout=0.7)
        request.commit()
        migrated.result()
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    assert [index["name"] for index in sa.inspect(engine).get_indexes("note")] == ["note_by_text"]
