"""Waits until a database has every migration that this image brings: what a new pod does before its process starts.

    python -m shenbao_common.web.migrated units      reads UNITS_DATABASE_URL, and alembic.ini of the working folder

A database that is ahead passes too: each migration suits the code that is still running, so a pod of the old version
that is started anew in the middle of a rollout must not be held up. Revisions are numbered, so ahead is a comparison.
"""

import sys
import time

import sqlalchemy as sa
import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory

from shenbao_common.kernel.settings import needed
from shenbao_common.web import logs

_PATIENCE = 300.0
_PAUSE = 2.0
_log = structlog.get_logger()


def reached(database_url: str, head: str) -> bool:
    """Whether the database is at `head` or ahead of it; a database that is away or empty is not."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            current = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.DBAPIError as away:
        _log.info("migrations_unknown", reason=type(away.orig).__name__)
        return False
    _log.info("migrations", current=current, wanted=head)
    return current is not None and str(current) >= head


def wait(database_url: str, head: str, *, patience: float = _PATIENCE, pause: float = _PAUSE) -> bool:
    """False after `patience` seconds: the pod then begins anew, and its state tells what it waits for."""
    until = time.monotonic() + patience
    while not reached(database_url, head):
        if time.monotonic() >= until:
            return False
        time.sleep(pause)
    return True


def main() -> None:
    logs.configure()
    head = ScriptDirectory.from_config(Config("alembic.ini")).get_current_head()
    if head is None or not wait(needed(f"{sys.argv[1].upper()}_DATABASE_URL"), head):
        sys.exit(f"the database has no migration {head} yet")


if __name__ == "__main__":
    main()
