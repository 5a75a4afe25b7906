"""A service's listening half: with a broker its queue, healed by the feeds; without one the feeds alone."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import measuring, single, topology
from shenbao_common.bus.broker import Backoff
from shenbao_common.bus.consumer import Consumer, Pace, QueueSilent
from shenbao_common.bus.faults import reason
from shenbao_common.bus.feed import FeedSource
from shenbao_common.bus.follower import follow
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.single import Turn
from shenbao_common.bus.subscriptions import Subscriptions

_STANDBY = 1.0
_SILENT_TIMES = 2
_STEADY = 10.0
_log = structlog.get_logger()

Way = Callable[[threading.Event, Turn], None]


def run_worker(
    sessions: sessionmaker[Session],
    subscriptions: Subscriptions,
    *,
    broker_url: str | None,
    feeds: Mapping[str, FeedSource],
    stop: threading.Event,
    pace: Pace | None = None,
) -> None:
    """Listens until `stop`, while no other process does so on the same database.

    feeds: one for each of `subscriptions.sources`, else this is a ValueError: a service that cannot heal must not run.
    Raises topology.Mismatch when the broker's queue is not as this version declares it; survives everything else.
    """
    if missing := set(subscriptions.sources) - set(feeds):
        raise ValueError(f"no feed of {', '.join(sorted(missing))}")
    if not subscriptions.sources:
        stop.wait()
        return
    pace = pace or Pace()
    intake = Intake(sessions, subscriptions, schedule=pace.schedule)
    healer = Healer(sessions, subscriptions, intake, feeds)
    if broker_url:
        way = _by_broker(broker_url, subscriptions, intake, healer, pace)
    else:
        way = partial(follow, healer, intake, subscriptions.sources)
    _log.info("worker_starts", service=subscriptions.service, broker=bool(broker_url), sources=subscriptions.sources)
    _keep_on(subscriptions.service, sessions, way, stop)


def _keep_on(service: str, sessions: sessionmaker[Session], way: Way, stop: threading.Event) -> None:
    at_work = measuring.at_work.labels(service, measuring.WORKER)
    at_work.set(0)
    backoff, began = Backoff(most=5.0), time.monotonic()
    while not stop.is_set():
        try:
            with single.turn(sessions.kw["bind"]) as turn:
                if turn is None:
                    stop.wait(_STANDBY)
                    continue
                began = time.monotonic()
                at_work.set(1)
                way(stop, turn)
        except topology.Mismatch:
            raise
        except Exception as fault:  # noqa: BLE001  (a listener that is dead helps nobody)
            _log.warning("worker_interrupted", reason=reason(fault))
            measuring.interruptions.labels(service, measuring.WORKER, type(fault).__name__).inc()
            if time.monotonic() - began > _STEADY:
                backoff.reset()
            at_work.set(0)
            backoff.wait(stop)


def _by_broker(url: str, subscriptions: Subscriptions, intake: Intake, healer: Healer, pace: Pace) -> Way:
    silent = 0

    def listen(stop: threading.Event, turn: Turn) -> None:
        nonlocal silent
        try:
            # A connection's state goes with it: what was half-way comes again.
            Consumer(url, subscriptions, intake, healer, pace=pace).listen(stop, turn)
        except topology.Mismatch:
            raise
        except Exception as fault:
            # A broker can be away for long, and a queue that died with its node may not come back at all.
            for source in subscriptions.sources:
                healer.heal(source)
            if isinstance(fault, QueueSilent):
                silent += 1
                if silent % _SILENT_TIMES == 0:
                    topology.remove_dead(url, fault.queue)
            raise

    return listen
