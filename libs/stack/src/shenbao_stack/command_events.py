"""`shenbao events …`: what the person on call does with events, on one service's database (docs/delivery.md)."""

import base64
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import inbox
from shenbao_common.bus import replay as replaying
from shenbao_common.bus.feed import LocalFeed
from shenbao_common.bus.intake import Intake
from shenbao_common.data import sealed
from shenbao_stack.addresses import data_key, database_url
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


@events.command()
@_service
@click.option("--source", required=True, type=click.Choice(SERVICES), help="Whose events.")
@click.option("--after", default=0, show_default=True, help="Position after which to begin.")
@click.option("--until", default=None, type=int, help="Position to end with [default: the newest].")
@_data
def replay(service: str, source: str, after: int, until: int | None, data: Path | None) -> None:
    """Gives a publisher's past to a service's handlers; what they have handled is left alone.

    Reads the publisher's own log, so both databases have to be in reach.
    """
    subscriptions = importlib.import_module(f"shenbao_{service}.handlers").subscriptions
    with _sessions(service, data) as own, _sessions(source, data) as publishers:
        intake = Intake(own, subscriptions)
        feed = LocalFeed(publishers)
        done = replaying.replay(intake, feed, subscriptions, source=source, after=after, until=until)
    print(f"{done.read} read, up to position {done.reached}")


@contextmanager
def _session(service: str, data: Path | None) -> Iterator[Session]:
    with _sessions(service, data) as sessions, sessions() as session:
        yield session


@contextmanager
def _sessions(service: str, data: Path | None) -> Iterator[sessionmaker[Session]]:
    engine = sa.create_engine(database_url(service, data))
    sealed.install(engine, sealed.Sealer(base64.b64decode(data_key(service, data))))
    try:
        yield sessionmaker(engine)
    finally:
        engine.dispose()
