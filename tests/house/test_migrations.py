"""One line of migrations per service."""

import re
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from shenbao_stack import migrations
from shenbao_stack.services import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_one_migration_head(service: str) -> None:
    assert len(ScriptDirectory.from_config(migrations.config(service)).get_heads()) == 1


@pytest.mark.parametrize("service", SERVICES)
def test_migration_files_are_numbered_without_gaps(root: Path, service: str) -> None:
    names = sorted(p.name for p in (root / "services" / service / "migrations" / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
