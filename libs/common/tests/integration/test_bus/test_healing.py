"""The broker is transport, never memory: whatever it loses, the listeners notice and read it from the feeds."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import kombu
import pytest
import sqlalchemy as sa

from shenbao_common.bus import single, topology
from shenbao_common.bus.consumer import Consumer
from shenbao_common.bus.feed import FeedPage
from shenbao_common.bus.heads import Heads, last_heard
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.publishing import Publisher
from shenbao_common.bus.relay import Pace
from shenbao_common.bus.stamping import Log
from shenbao_common.testing.bus import (
    Asked,
    Counter,
    CounterNamedV1,
    CounterReadV1,
    Database,
    Listener,
    declare,
    effect,
    running,
)
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean, depth
from shenbao_common.testing.service import eventually

HEARD = frozenset({"counter.raised.v1", "counter.named.v1"})
MUTE = Pace(poll=0.1, watermark=3600, full_queue=0.1, standby=0.1)
"""A relay that tells no watermark but the first."""


def test_heads_show_a_loss_of_what_is_heard_and_of_nothing_else() -> None:
    heads = Heads(10)
    heads.passed("counter.raised.v1", 11)
    heads.passed("counter.read.v1", 15)
    assert heads.text() == "10;raised.v1=11;read.v1=15"
    assert last_heard(heads.text(), "counter", HEARD) == 11
    assert last_heard(heads.text(), "counter", {"counter.read.v1"}) == 15
    assert last_heard(heads.text(), "counter", {"counter.named.v1"}) == 10


def test_a_lost_event_is_read_from_the_feed_before_the_next_one_is_handled(
    broker: str, counter: Counter, listener: Listener
) -> None:
    asked = Asked(counter.feed)
    with counter.relay(broker, MUTE), listener.worker(asked, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        at_start = asked.times
        with unbound(broker, "counter.named.v1"):
            counter.tell(CounterNamedV1(counter="a", number=2))
            eventually(lambda: counter.published() == 2)
        counter.raise_counter("a", 3)
        eventually(lambda: listener.numbers() == [1, 2, 3])
        counter.tell(*[CounterReadV1(counter="a")] * 3)
        counter.raise_counter("a", 4)
        eventually(lambda: listener.numbers() == [1, 2, 3, 4])
    assert asked.times == at_start + 1


def test_a_lost_last_event_is_noticed_by_the_watermark(broker: str, counter: Counter, listener: Listener) -> None:
    with counter.relay(broker), listener.worker(counter.feed, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        with unbound(broker, "counter.named.v1"):
            counter.tell(CounterNamedV1(counter="a", number=2))
            eventually(lambda: listener.numbers() == [1, 2])


def test_while_the_feed_is_away_what_comes_after_a_loss_waits_and_other_things_go_on(
    broker: str, counter: Counter, listener: Listener
) -> None:
    asked = Asked(counter.feed)
    with counter.relay(broker, MUTE), listener.worker(asked, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        asked.away = True
        with unbound(broker, "counter.named.v1"):
            counter.tell(CounterNamedV1(counter="a", number=2))
            eventually(lambda: counter.published() == 2)
        (third,) = counter.raise_counter("a", 3)
        eventually(lambda: listener.state(third))
        assert (listener.state(third).state, listener.numbers()) == ("deferred", [1])
        asked.away = False
        eventually(lambda: listener.numbers() == [1, 2, 3])


def test_a_queue_deleted_by_hand_is_made_again_and_filled_from_the_feed(
    broker: str, counter: Counter, listener: Listener
) -> None:
    with counter.relay(broker, MUTE):
        with listener.worker(counter.feed, broker):
            counter.raise_counter("a", 1)
            eventually(lambda: listener.numbers() == [1])
            delete_queue(broker)
            counter.raise_counter("a", 2, 3)
            eventually(lambda: listener.numbers() == [1, 2, 3])
        counter.raise_counter("a", *range(4, 50))
        eventually(lambda: counter.published() == 49)
        delete_queue(broker)
        with listener.worker(counter.feed, broker):
            eventually(lambda: listener.numbers() == list(range(1, 50)))


def test_a_relay_that_dies_between_sending_and_marking_doubles_nothing(
    broker: str, counter: Counter, listener: Listener
) -> None:
    declare(broker)
    counter.raise_counter("a", *range(10))
    log = Log.take(counter.url, at_once=False)
    assert log is not None
    dying = Publisher(broker, "counter", 0)
    dying.send(log.stamp())
    assert dying.settle(0, 10.0)
    dying.close()
    log.close()
    assert counter.published() == 0
    with counter.relay(broker), listener.worker(counter.feed, broker):
        eventually(lambda: counter.published() == 10)
        counter.raise_counter("a", 10)
        eventually(lambda: listener.numbers("a")[-1:] == [10])
    assert listener.numbers() == list(range(11))


def test_a_worker_that_dies_between_commit_and_acknowledgement_doubles_nothing(
    broker: str, counter: Counter, listener: Listener
) -> None:
    class Killed(Exception):
        pass

    class Dying(Consumer):
        def _take(self, channel: Any) -> None:
            if self._got:
                self._sorter.take(self._got)
                raise Killed

    declare(broker)
    with counter.relay(broker):
        counter.raise_counter("a", *range(10))
        eventually(lambda: counter.published() == 10)
        intake = listener.intake()
        healer = Healer(listener.sessions, listener.subscriptions, intake, {"counter": Nothing()})
        dying = Dying(broker, listener.subscriptions, intake, healer)
        with single.turn(listener.engine) as turn:
            assert turn is not None
            with pytest.raises(Killed):
                dying.listen(threading.Event(), turn)
        handled = len(listener.numbers())
        assert handled > 0
        eventually(lambda: depth(broker, "listener.inbox") >= 10)
        with listener.worker(counter.feed, broker):
            eventually(lambda: depth(broker, "listener.inbox") == 0)
            eventually(lambda: listener.numbers() == list(range(10)))


def test_a_database_that_drops_every_connection_loses_and_doubles_nothing(
    broker: str, counter: Counter, listener: Listener
) -> None:
    with counter.relay(broker), listener.worker(counter.feed, broker):
        for start in range(0, 60, 20):
            counter.raise_counter("a", *range(start, start + 20))
            drop_connections(counter)
            drop_connections(listener)
        eventually(lambda: listener.numbers() == list(range(60)), seconds=20)
        eventually(lambda: counter.published() == 60)


def test_a_broker_killed_in_the_middle_loses_and_doubles_nothing(
    mortal_rabbit: PrivateRabbit, counter: Counter, listener: Listener
) -> None:
    clean(mortal_rabbit.url)
    with counter.relay(mortal_rabbit.url), listener.worker(counter.feed, mortal_rabbit.url):
        counter.raise_counter("a", *range(50))
        mortal_rabbit.kill9()
        counter.raise_counter("a", *range(50, 100))
        mortal_rabbit.start()
        counter.raise_counter("a", *range(100, 150))
        eventually(lambda: len(listener.numbers()) == 150, seconds=40)
    assert listener.numbers() == list(range(150))


def test_a_broker_that_lost_its_disk_while_down_is_healed_from_the_feed(
    mortal_rabbit: PrivateRabbit, counter: Counter, listener: Listener
) -> None:
    url = mortal_rabbit.url
    clean(url)
    declare(url)
    with counter.relay(url):
        counter.raise_counter("a", *range(50))
        eventually(lambda: counter.published() == 50)
        mortal_rabbit.kill9()
        mortal_rabbit.wipe()
        with listener.worker(counter.feed, url):
            counter.raise_counter("a", *range(50, 80))
            mortal_rabbit.start()
            eventually(lambda: len(listener.numbers()) == 80, seconds=40)
            eventually(lambda: counter.published() == 80)
    assert listener.numbers() == list(range(80))


def test_the_drill_everything_is_killed_in_turn_and_nothing_is_lost_doubled_or_turned_round(
    mortal_rabbit: PrivateRabbit, counter: Counter, listener: Listener
) -> None:
    clean(mortal_rabbit.url)
    told: dict[str, int] = {f"s{n}": 0 for n in range(10)}

    def write(stop: threading.Event) -> None:
        while not stop.wait(0.01):
            for subject, number in told.items():
                counter.raise_counter(subject, number)
                told[subject] = number + 1

    with Mortals(counter, listener, mortal_rabbit.url) as mortals:
        with running(write):
            for victim in ("relay", "worker", "broker", "worker", "relay"):
                grown_by(listener, 100)
                if victim == "broker":
                    mortal_rabbit.kill9()
                    mortal_rabbit.start()
                else:
                    mortals.kill(victim)
            grown_by(listener, 100)
        eventually(lambda: listener.count(effect) >= sum(told.values()), seconds=40)
    assert {subject: listener.numbers(subject) for subject in told} == {s: list(range(n)) for s, n in told.items()}


class Mortals:
    """Relay and worker as processes; whichever is killed is started again."""

    def __init__(self, counter: Counter, listener: Listener, broker_url: str) -> None:
        relay_env = os.environ | {"COUNTER_DATABASE_URL": counter.url, "SHENBAO_BROKER_URL": broker_url}
        worker = [sys.executable, "-m", "shenbao_common.testing.bus", listener.url, counter.url, broker_url]
        self._start: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
            "relay": lambda: quiet([sys.executable, "-m", "shenbao_common.bus.relay", "counter"], relay_env),
            "worker": lambda: quiet(worker, os.environ),
        }
        self._alive: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self._alive = {name: start() for name, start in self._start.items()}
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._alive.values():
            process.kill()
            process.wait()

    def kill(self, name: str) -> None:
        self._alive[name].kill()
        self._alive[name].wait()
        self._alive[name] = self._start[name]()


def quiet(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    null = subprocess.DEVNULL
    return subprocess.Popen(command, env=dict(environment), stdin=null, stdout=null, stderr=null)


def grown_by(listener: Listener, number: int) -> None:
    before = listener.count(effect)
    eventually(lambda: listener.count(effect) >= before + number, seconds=40)


class Nothing:
    """A feed of a publisher that has told nothing (a FeedSource)."""

    def read(self, after: int, *_: object, **__: object) -> FeedPage:
        return FeedPage([], after, after)


def drop_connections(database: Database) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with database.engine.connect() as connection:
        connection.execute(sa.text(f"{others} AND pid <> pg_backend_pid()"))


def delete_queue(url: str) -> None:
    with kombu.Connection(url) as connection:
        connection.channel().queue_delete("listener.inbox")


@contextmanager
def unbound(url: str, key: str) -> Iterator[None]:
    """Events of one type do not reach the listener's queue for the time of the block: they are lost on the way."""
    binding = {"queue": "listener.inbox", "exchange": topology.EXCHANGE, "routing_key": key}
    with kombu.Connection(url) as connection:
        connection.channel().queue_unbind(**binding)
        yield
        connection.channel().queue_bind(**binding)
