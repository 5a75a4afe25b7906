"""What migrations do to rows that are there already."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from shenbao_common.kernel.actor import ADMIN_PERMISSIONS
from shenbao_common.testing.postgres import Cluster

_IDENTITY = Path(__file__).parents[2]
_MADE = sa.text(
    "INSERT INTO account (id, kind, state, username, password_state, revision, permissions, personal,"
    " created_at, version)"
    " VALUES (gen_random_uuid(), :kind, 'active', :name, 'none', 0, :ticks, '', now(), 1)"
)


def test_who_held_every_tick_before_there_was_an_audit_trail_may_read_it_and_nobody_else(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create_database("identity_before")
    monkeypatch.setitem(os.environ, "IDENTITY_DATABASE_URL", url)
    config = Config(_IDENTITY / "alembic.ini")
    config.set_main_option("script_location", str(_IDENTITY / "migrations"))
    command.upgrade(config, "0007")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    every = [tick for tick in ADMIN_PERMISSIONS if tick != "audit.read"]
    with engine.begin() as connection:
        for name, kind, ticks in (("first", "admin", every), ("some", "admin", every[:2]), ("o", "office", [])):
            connection.execute(_MADE, {"name": name, "kind": kind, "ticks": ticks})
    command.upgrade(config, "head")
    with engine.connect() as connection:
        auditors = connection.scalars(sa.text("SELECT username FROM account WHERE 'audit.read' = ANY(permissions)"))
        assert auditors.all() == ["first"]
