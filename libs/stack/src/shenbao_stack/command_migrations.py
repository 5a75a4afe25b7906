"""`shenbao migrate` and `shenbao migration`: databases to the newest state, and the next numbered file."""

from pathlib import Path

import click
from alembic import command

from shenbao_stack import addresses, migrations
from shenbao_stack.services import SERVICES, folder


@click.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Of a suite that runs here.")
def migrate(services: tuple[str, ...], data: Path | None) -> None:
    """Brings the databases of all services, or of those named, to their newest migration.

    Those that <SERVICE>_DATABASE_URL name, or, only when --data says so, those of a suite that runs here.
    """
    chosen = services or SERVICES
    urls = addresses.of_suite(chosen, data) if data else addresses.from_environment(chosen)
    if not urls:
        raise click.UsageError(f"set {addresses.wanted(chosen)}, or name with --data the suite that runs here")
    for service, url in urls.items():
        with migrations.address(service, url):
            command.upgrade(migrations.config(service), "head")
        print(f"{service}: at {migrations.head(service)}")


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("message")
def migration(service: str, message: str) -> None:
    """Makes a service's next numbered migration file, to be filled by hand."""
    number = len(list((folder(service) / "migrations" / "versions").glob("[0-9]*.py"))) + 1
    command.revision(migrations.config(service), message, rev_id=f"{number:04d}")
