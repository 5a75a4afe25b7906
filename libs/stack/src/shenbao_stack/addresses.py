"""Where a service's database is, for commands that look into it."""

import os
from pathlib import Path

import click

from shenbao_stack import secret_store
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import root, variable


def database_url(service: str, data: Path | None) -> str:
    """From `<SERVICE>_DATABASE_URL`, else of the embedded PostgreSQL of a suite that runs on this data folder."""
    if given := os.environ.get(variable(service, "DATABASE_URL")):
        return given
    folder = folder_of(data)
    if not (folder / "postgres" / "postmaster.pid").exists():
        raise click.UsageError(f"set {variable(service, 'DATABASE_URL')}, or start the suite on {folder}")
    secrets = secret_store.load(folder, "demo")
    cluster = Cluster(folder / "postgres", secrets["postgres_password"])
    return cluster.url(service, service, secrets[f"{service}_database_password"])


def folder_of(data: Path | None) -> Path:
    return (data or root() / ".data").resolve()
