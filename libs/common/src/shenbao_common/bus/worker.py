"""A service's listening half: with a broker its queue, healed by the feeds; without one the feeds alone."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import faults, single
from shenbao_common.bus.broker import BROKER_FAULTS, Backoff
from shenbao_common.bus.consumer import Consumer
from shenbao_common.bus.feed import FeedSource
from shenbao_common.bus.follower import follow
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.single import Turn
from shenbao_common.bus.subscriptions import Subscriptions

_STANDBY = 1.0
_PASSING: tuple[type[Exception], ...] = (*BROKER_FAULTS, DBAPIError)
_log = structlog.get_logger()

Way = Callable[[threading.Event, Turn], None]


def run_worker(
    sessions: sessionmaker[Session],
    subscriptions: Subscriptions,
    *,
    broker_url: str | None,
    feeds: Mapping[str, FeedSource],
    stop: threading.Event,
    schedule: Sequence[timedelta] = faults.SCHEDULE,
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
    intake = Intake(sessions, subscriptions, schedule=schedule)
    healer = Healer(sessions, subscriptions, intake, feeds)
    if broker_url:
        way = _by_broker(broker_url, subscriptions, intake, healer)
    else:
        way = partial(follow, healer, intake, subscriptions.sources)
    _log.info("worker_starts", service=subscriptions.service, broker=bool(broker_url), sources=subscriptions.sources)
    _keep_on(sessions, way, stop)


def _keep_on(sessions: sessionmaker[Session], way: Way, stop: threading.Event) -> None:
    backoff = Backoff(most=5.0)
    while not stop.is_set():
        try:
            with single.turn(sessions.kw["bind"]) as turn:
                if turn is None:
                    stop.wait(_STANDBY)
                    continue
                backoff.reset()
                way(stop, turn)
        except _PASSING as lost:
            _log.warning("worker_interrupted", reason=type(lost).__name__)
            backoff.wait(stop)


def _by_broker(url: str, subscriptions: Subscriptions, intake: Intake, healer: Healer) -> Way:
    def listen(stop: threading.Event, turn: Turn) -> None:
        # A connection's state goes with it: what was half-way comes again.
        Consumer(url, subscriptions, intake, healer).listen(stop, turn)

    return listen
