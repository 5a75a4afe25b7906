"""Without a broker a subscriber lives from the feeds."""

from collections.abc import Mapping
from typing import Any

from shenbao_common.testing.bus import Counter, CounterNamedV1, CounterReadV1
from shenbao_common.testing.service import eventually


class FullDisk:
    """A checkpoint (of the protocol) that cannot be kept."""

    def __init__(self) -> None:
        self.tries = 0

    def load(self) -> Mapping[str, int]:
        return {}

    def save(self, positions: Mapping[str, int]) -> None:
        self.tries += 1
        raise OSError("no space left on device")


def test_an_event_whose_checkpoint_was_not_kept_comes_again_after_a_restart(counter: Counter, system: Any) -> None:
    disk = FullDisk()
    counter.raise_counter("a", 1, 2)
    with counter.relay():
        eventually(lambda: counter.published() == 2)
        with system.listening(checkpoint=disk):
            eventually(lambda: disk.tries > 2)
        assert system.numbers() == [1], "it is kept before the next one is handled"
        with system.listening():
            eventually(lambda: system.numbers() == [1, 1, 2])


def test_the_past_and_the_present_come_once_and_in_order(counter: Counter, system: Any) -> None:
    counter.raise_counter("a", *range(250))
    with counter.relay(), system.listening():
        eventually(lambda: len(system.heard) == 250)
        counter.tell(CounterReadV1(counter="a"), CounterNamedV1(counter="a", number=250))
        eventually(lambda: system.numbers() == list(range(251)))
        eventually(lambda: system.come_to() == {"counter": 252})


def test_a_subscriber_goes_on_where_it_stopped(counter: Counter, system: Any) -> None:
    with counter.relay():
        with system.listening():
            counter.raise_counter("a", 1, 2)
            eventually(lambda: system.numbers() == [1, 2])
        counter.raise_counter("a", 3)
        with system.listening():
            eventually(lambda: system.numbers() == [1, 2, 3])


def test_a_feed_that_is_away_is_asked_again(counter: Counter, system: Any) -> None:
    system.api.away = True
    counter.raise_counter("a", 1)
    with counter.relay(), system.listening():
        eventually(lambda: counter.published() == 1)
        assert system.heard == []
        system.api.away = False
        eventually(lambda: system.numbers() == [1])


def test_an_entry_that_its_schema_refuses_is_told_and_the_next_one_taken(counter: Counter, system: Any) -> None:
    counter.raise_counter("a", 1)
    counter.tell(CounterNamedV1(counter="a", number=2))
    schemas = {"counter.raised.v1": {"required": ["missing"]}}
    with counter.relay(), system.listening(schemas=schemas):
        eventually(lambda: system.numbers() == [2])
    assert system.unread == ["data.missing is missing"]
