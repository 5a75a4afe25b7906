"""`shenbao events …`: what the person on call does with events, on one service's database (docs/delivery.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import inbox
from shenbao_stack.addresses import database_url
from shenbao_stack.services import SERVICES

_service = click.argument("service", type=click.Choice(SERVICES))
_data = click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of a suite that runs.")


@click.group()
def events() -> None:
    """Looks at what a service has told and heard, and puts right what went wrong.

    The database is <SERVICE>_DATABASE_URL's, else that of the suite that runs here.
    """


@events.command()
@_service
@_data
def parked(service: str, data: Path | None) -> None:
    """Lists the events that a person has to look at."""
    with _session(service, data) as session:
        found = inbox.parked(session)
    for event in found:
        print(f"{event.seen_at:%Y-%m-%d %H:%M:%S}  {event.event_id}  {event.type}  {event.subject}  {event.reason}")
    print(f"{len(found)} parked")


@events.command("send-back")
@_service
@click.argument("event_ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Every parked event.")
@_data
def send_back(service: str, event_ids: tuple[UUID, ...], everything: bool, data: Path | None) -> None:
    """Gives parked events to their handlers again."""
    if everything == bool(event_ids):
        raise click.UsageError("name events, or say --all")
    with _session(service, data) as session:
        count = inbox.send_back(session, None if everything else event_ids)
        session.commit()
    print(f"{count} sent back")


@events.command()
@_service
@click.option("--subject", default=None, help="Id of an application, a unit, an account ...")
@click.option("--trace", default=None, help="Trace id, as in logs and error answers.")
@_data
def timeline(service: str, subject: str | None, trace: str | None, data: Path | None) -> None:
    """What was told and heard about a subject, or within a trace."""
    if (subject is None) == (trace is None):
        raise click.UsageError("say --subject or --trace")
    with _session(service, data) as session:
        steps = inbox.timeline(session, subject=subject, trace=trace)
    for step in steps:
        print(f"{step.at:%Y-%m-%d %H:%M:%S.%f}  {step.way:5}  {step.type}  {step.state}  {step.event_id}  {step.error}")


@contextmanager
def _session(service: str, data: Path | None) -> Iterator[Session]:
    engine = sa.create_engine(database_url(service, data), poolclass=sa.NullPool)
    with Session(engine) as session:
        yield session
