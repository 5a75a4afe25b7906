"""`shenbao backup` and `shenbao restore`: the data of a suite on one machine, or of databases in the environment."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from shenbao_stack import backup as backups
from shenbao_stack import databases, secret_store
from shenbao_stack.addresses import database_urls, folder_of, from_environment
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import ADMIN_MADE

_into = click.argument("folder", type=click.Path(path_type=Path))
_data = click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder [default: .data].")


@click.command()
@_into
@_data
def backup(folder: Path, data: Path | None) -> None:
    """Writes the databases of all services and the files of documents into a new FOLDER, while they run.

    Databases are those of <SERVICE>_DATABASE_URL, else of the suite that runs here; files those of DOCUMENTS_FOLDER.
    Secrets are not in it: keep them apart, without them nothing that was sealed can be read.
    """
    with _said():
        backups.make(database_urls(SERVICES, data), _files(data), folder)
    print(f"backed up to {folder}")


@click.command()
@_into
@_data
def restore(folder: Path, data: Path | None) -> None:
    """Brings FOLDER into empty databases: of <SERVICE>_DATABASE_URL, else of a suite that does not run yet.

    The secrets of the suite it was taken of must be in place already (secrets.json, or the environment).
    """
    with _said(), _empty_databases(data) as found:
        backups.restore(folder, found, _files(data))
    print("restored; start the suite, then: shenbao reconcile")


@contextmanager
def _empty_databases(data: Path | None) -> Iterator[Mapping[str, str]]:
    if given := from_environment(SERVICES):
        yield given
        return
    place = folder_of(data)
    if not (place / "secrets.json").is_file():
        raise click.UsageError(f"put the secrets.json of the suite that was backed up into {place} first")
    secrets = secret_store.load(place, "demo")
    cluster = Cluster(place / "postgres", secrets["postgres_password"])
    cluster.start()
    try:
        yield databases.ensure(cluster, secrets)
        # The accounts and the demo's data are in the backup; they are not made a second time.
        for mark in (ADMIN_MADE, "demo-published"):
            (place / mark).touch()
    finally:
        cluster.stop()


def _files(data: Path | None) -> Path:
    given = os.environ.get("DOCUMENTS_FOLDER")
    return Path(given) if given else folder_of(data) / "documents"


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except (backups.Unfit, FileExistsError) as why:
        raise click.ClickException(str(why)) from why
