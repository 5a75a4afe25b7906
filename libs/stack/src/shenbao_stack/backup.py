"""A suite's data as one folder, and back: each database as a dump, the files of documents, what it was taken of.

The dumps are of moments that lie seconds apart, so after a restore a listener may remember more of a publisher than the
publisher itself. `restore` therefore takes every listener back to what its publishers still know; what is missing
then comes from the feeds, and `shenbao reconcile` says whether anything is.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from shenbao_common.bus.stamping import conninfo
from shenbao_common.bus.tables import OWN_LOG
from shenbao_stack import migrations
from shenbao_stack.postgres import PROGRAMS

MANIFEST, FILES = "backup.json", "documents"


class Unfit(Exception):
    """Not to be restored here; the text says why."""


def make(databases: Mapping[str, str], files: Path, folder: Path) -> None:
    """Into a new folder. Databases first: a file is kept before its row is, and files never change."""
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    began = datetime.now(UTC)
    for service, url in databases.items():
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--file", str(_dump(folder, service)))
    if files.is_dir():
        shutil.copytree(files, folder / FILES, ignore=shutil.ignore_patterns("incoming"))
    said = {"began": began.isoformat(), "migrations": {service: _migration(url) for service, url in databases.items()}}
    # Last: a folder without it was not finished.
    (folder / MANIFEST).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def restore(folder: Path, databases: Mapping[str, str], files: Path) -> None:
    """Into databases in which nothing was told yet. Raises Unfit."""
    _ensure_fit(folder, databases)
    for service, url in databases.items():
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run("pg_restore", url, *options, str(_dump(folder, service)))
    if (folder / FILES).is_dir():
        shutil.copytree(folder / FILES, files, dirs_exist_ok=True)
    _take_listeners_back(databases)


def _ensure_fit(folder: Path, databases: Mapping[str, str]) -> None:
    if not (folder / MANIFEST).is_file():
        raise Unfit(f"{folder} is no finished backup")
    if missing := [service for service in databases if not _dump(folder, service).is_file()]:
        raise Unfit(f"{folder} has no dump of {', '.join(missing)}")
    taken: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["migrations"]
    if ahead := [service for service in databases if taken[service] > str(migrations.head(service))]:
        raise Unfit(f"the backup is of a newer version of {', '.join(ahead)}")
    if used := [service for service, url in databases.items() if _has_told(url)]:
        raise Unfit(f"not empty: {', '.join(used)}")


def _take_listeners_back(databases: Mapping[str, str]) -> None:
    """To the last position that each publisher has; a feed read from beyond it would leave out what is told next."""
    heads = {service: _positions(url).get(OWN_LOG, 0) for service, url in databases.items()}
    for url in databases.values():
        with psycopg.connect(conninfo(url), autocommit=True) as connection:
            for source, head in heads.items():
                change = "UPDATE followed SET position = %s WHERE source = %s AND position > %s"
                connection.execute(change, (head, source, head))


def _positions(url: str) -> dict[str, int]:
    with psycopg.connect(conninfo(url)) as connection:
        return dict(connection.execute("SELECT source, position FROM followed").fetchall())


def _has_told(url: str) -> bool:
    with psycopg.connect(conninfo(url)) as connection:
        made = connection.execute("SELECT to_regclass('outbox') IS NOT NULL").fetchone()
        return bool(made and made[0] and connection.execute("SELECT 1 FROM outbox LIMIT 1").fetchone())


def _migration(url: str) -> str:
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def _dump(folder: Path, service: str) -> Path:
    return folder / f"{service}.dump"


def _run(program: str, url: str, *options: str) -> None:
    # The password stands in the address; in the environment other users of the machine cannot read it.
    where = make_url(url)
    secret = {"PGPASSWORD": where.password or ""}
    address = conninfo(where._replace(password=None).render_as_string(hide_password=False))
    done = subprocess.run(
        [str(PROGRAMS / program), "--dbname", address, *options],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ) | secret,
    )
    if done.returncode:
        raise Unfit(f"{program}: {done.stderr.strip()}")
