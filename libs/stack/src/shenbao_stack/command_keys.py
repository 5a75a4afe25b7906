"""`shenbao keys rotate`: personal data under another key or algorithm, while everybody works (B-27)."""

import os
from pathlib import Path

import click
import sqlalchemy as sa

from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.resealing import Done, reseal
from shenbao_stack.addresses import database_urls
from shenbao_stack.data_keys import sealer
from shenbao_stack.services import SERVICES, variable


@click.group()
def keys() -> None:
    """The keys of personal data."""


@keys.command()
@click.argument("services", nargs=-1, required=True, type=click.Choice(SERVICES))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of a suite that runs.")
def rotate(services: tuple[str, ...], data: Path | None) -> None:
    """Writes what an earlier key or algorithm has sealed anew, while the services serve.

    Before: the services run with the new key as <SERVICE>_DATA_KEY and the earlier one among <SERVICE>_OTHER_DATA_KEYS.
    What a log keeps under the earlier key is told; that key stays among the others.
    """
    for service, url in database_urls(services, data).items():
        engine, own = sa.create_engine(url, poolclass=sa.NullPool), sealer(service, data)
        for done in reseal(engine, own):
            _print(service, done)
        if folder := os.environ.get(variable(service, "PERSON_KEYS")):
            print(f"{service}: {PersonKeys(folder, own).seal_anew()} keys of persons anew")


def _print(service: str, done: Done) -> None:
    if done.changed or done.kept or done.lost:
        told = f"{done.changed} anew, {done.kept} kept by a log, {done.lost} of a key that is not there"
        print(f"{service}: {done.table}.{done.column}: {told}")
