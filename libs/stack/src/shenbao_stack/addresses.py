"""Where the services' databases are, for commands that look into them."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from shenbao_stack import secret_store
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import root, variable


def database_urls(services: Iterable[str], data: Path | None) -> dict[str, str]:
    """From `<SERVICE>_DATABASE_URL`, else all of the embedded PostgreSQL of a suite that runs on this data folder."""
    return from_environment(services) or of_suite(services, data)


def from_environment(services: Iterable[str]) -> dict[str, str]:
    """Empty when it names no database; some and not all is a mistake: never half of the one, half of another suite."""
    names = {service: variable(service, "DATABASE_URL") for service in services}
    given = {service: os.environ.get(name, "") for service, name in names.items()}
    if not any(given.values()):
        return {}
    if missing := [names[service] for service, url in given.items() if not url]:
        raise click.UsageError(f"also set {', '.join(missing)}")
    return given


def of_suite(services: Iterable[str], data: Path | None) -> dict[str, str]:
    """The databases of the suite that runs on this data folder."""
    folder = folder_of(data)
    if not (folder / "postgres" / "postmaster.pid").exists():
        raise click.UsageError(f"set {wanted(services)}, or start the suite on {folder}")
    secrets = secret_store.load(folder, "demo")
    cluster = Cluster(folder / "postgres", secrets["postgres_password"])
    return {service: cluster.url(service, service, secrets[f"{service}_database_password"]) for service in services}


def wanted(services: Iterable[str]) -> str:
    """The variables that name these services' databases."""
    return ", ".join(variable(service, "DATABASE_URL") for service in services)


def folder_of(data: Path | None) -> Path:
    return (data or root() / ".data").resolve()
