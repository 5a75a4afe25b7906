"""The migrations make exactly the tables that the rows say."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from shenbao_applications.models import Base
from shenbao_common.testing.postgres import Cluster


def test_migrated_tables_are_those_of_the_models(applications) -> None:
    own = set(Base.metadata.tables)
    with sa.create_engine(applications.service.engine.url, poolclass=sa.NullPool).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name in own},
        )
        assert compare_metadata(context, Base.metadata) == []
        assert own <= set(sa.inspect(connection).get_table_names())


def test_what_offices_had_received_before_is_in_their_lists(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.create_database("applications_before")
    monkeypatch.setitem(os.environ, "APPLICATIONS_DATABASE_URL", url)
    folder = Path(__file__).parents[2]
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", str(folder / "migrations"))
    command.upgrade(config, "0020")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))  # only what the migration reads
        for statement in _BEFORE:
            connection.execute(sa.text(statement))
    command.upgrade(config, "head")
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT right(application_id::text, 1), status FROM received ORDER BY 1"))
        assert [tuple(row) for row in kept] == [("1", "approved"), ("2", "in_review")]


_BEFORE = (
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT lpad(n::text, 32, '0')::uuid, n::text, gen_random_uuid(), gen_random_uuid(), '', '', gen_random_uuid(),"
    " gen_random_uuid(), (ARRAY['approved', 'in_review', 'ready_to_report', 'draft'])[n], (ARRAY[2, 1, 1, 0])[n],"
    " 1, 1, '', '', '', now(), now() FROM generate_series(1, 4) AS n",
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), lpad(n::text, 32, '0')::uuid, 'k', r, lpad('9', 32, '0')::uuid, '', state FROM"
    " (VALUES (1, 1, 'returned'), (1, 2, 'passed'), (2, 1, 'open'), (3, 1, 'recalled')) AS made (n, r, state)",
)
