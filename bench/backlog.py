"""A hundred thousand events: while they flow, and as a backlog that waits for a worker which was away (EVENTS 8)."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import sqlalchemy as sa
import structlog

from bench import places
from bench.places import Place, Row, share
from shenbao_common.bus import tables
from shenbao_stack.waiting import until

EVENTS, BARE = 100_000, 15_000
SHARE, GROWTH = 0.6, 1.15
_PATIENCE = 600.0
_WARM = EVENTS // 5


def measure() -> list[Row]:
    """Rates against the bare loop of one insert and an acknowledgement each, and what the worker's memory does."""
    with places.place() as place, structlog.testing.capture_logs():
        place.empty()
        bare = BARE / places.consumed_bare(place, BARE)
        flowing, _ = _flowing(place)
        drained, growth = _drained(place)
    return [
        share(f"bus: {EVENTS:,} events through relay, broker and inbox against the bare loop", flowing, bare, SHARE),
        share(f"bus: a backlog of {EVENTS:,} drained by a worker that was away", drained, bare, SHARE),
        (
            "bus: memory of that worker, from a fifth of the backlog to its end",
            f"{growth:.2f} x",
            f"<= {GROWTH:.2f} x",
            growth <= GROWTH,
        ),
    ]


def _flowing(place: Place) -> tuple[float, float]:
    """Events per second from a full outbox to the last handler's commit, everything running."""
    place.empty()
    places.fill(place, EVENTS)
    with _worker(place) as worker, places.relay_process(place):
        return _handled(place, worker)


def _drained(place: Place) -> tuple[float, float]:
    """The same with the relay long done when the worker starts."""
    place.empty()
    places.fill(place, EVENTS)
    last = sa.select(sa.func.max(tables.outbox.c.position)).where(tables.outbox.c.published_at.is_not(None))
    with (
        places.relay_process(place),
        place.told.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as look,
    ):
        until(lambda: look.scalar(last) == EVENTS, seconds=_PATIENCE, every=0.2)
    with _worker(place) as worker:
        return _handled(place, worker)


def _handled(place: Place, worker: psutil.Process) -> tuple[float, float]:
    began, warm = time.perf_counter(), 0
    # The inbox is counted by its last number, not row by row: looking must not cost what is measured.
    newest = sa.text("SELECT count(*) FROM inbox")
    with place.heard.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as look:
        while (done := look.scalar(newest)) < EVENTS:
            if time.perf_counter() - began > _PATIENCE:
                raise TimeoutError(f"{done} of {EVENTS}")
            if done >= _WARM and not warm:
                warm = worker.memory_info().rss
            time.sleep(0.5)
    return EVENTS / (time.perf_counter() - began), worker.memory_info().rss / warm


@contextmanager
def _worker(place: Place) -> Iterator[psutil.Process]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=places.work, args=(place.heard.url, place.told.url, place.broker, stop))
    process.start()
    try:
        yield psutil.Process(process.pid)
    finally:
        stop.set()
        process.join()
