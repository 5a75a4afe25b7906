"""`shenbao migrate` and `shenbao migration`: databases to the newest state, and the next numbered file."""

from pathlib import Path

import click
from alembic import command

from shenbao_stack import migrations
from shenbao_stack.addresses import database_url
from shenbao_stack.services import SERVICES, folder


@click.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of a suite that runs.")
def migrate(services: tuple[str, ...], data: Path | None) -> None:
    """Brings the databases of all services, or of those named, to their newest migration."""
    for service in services or SERVICES:
        with migrations.address(service, database_url(service, data)):
            command.upgrade(migrations.config(service), "head")
        print(f"{service}: at {migrations.head(service)}")


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("message")
def migration(service: str, message: str) -> None:
    """Makes a service's next numbered migration file, to be filled by hand."""
    number = len(list((folder(service) / "migrations" / "versions").glob("[0-9]*.py"))) + 1
    command.revision(migrations.config(service), message, rev_id=f"{number:04d}")
