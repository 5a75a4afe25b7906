"""`shenbao clients`: typed clients of the services' APIs, for tests in another repository."""

import logging
import tempfile
from pathlib import Path

import click
import structlog

from shenbao_stack import inspection, typed_clients


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def clients(folder: Path) -> None:
    """Writes a package of typed clients into FOLDER, a module for each service, as the installed services are."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    with tempfile.TemporaryDirectory(prefix="shenbao-") as secrets:
        for service, app in inspection.services(Path(secrets)).items():
            document = app.test_client().get("/openapi.json").json or {}
            file = folder / f"{service}.py"
            file.write_text(typed_clients.module(service, document), encoding="utf-8")
            click.echo(f"{file}: {len(typed_clients.operations(document))} calls")
