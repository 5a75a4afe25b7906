"""Which fields a handler reads, as its source says."""

from collections.abc import Callable
from typing import Any

import pytest

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_stack import reading


def read_by(*handlers: Callable[..., Any]) -> set[str]:
    subscriptions = Subscriptions("reader")
    for handler in handlers:
        subscriptions.add(UnitRegisteredV1, handler)
    return reading.fields_read(subscriptions)[UnitRegisteredV1.type]


def reads_two(_: Any, event: UnitRegisteredV1) -> list[object]:
    return [event.name, event.uscc.lower()]


def hands_on(session: Any, news: UnitRegisteredV1) -> None:
    reads_two(session, news)
    _names(1, told=news)


def _names(_: int, *, told: UnitRegisteredV1) -> object:
    return told.verified


def reads_the_subject(_: Any, event: UnitRegisteredV1) -> str:
    return event.subject + event.type


def keeps_it_whole(_: Any, event: UnitRegisteredV1) -> list[object]:
    return [event]


def hands_it_to_a_stranger(session: Any, event: UnitRegisteredV1) -> None:
    session.factory().take(event)


def test_the_fields_that_a_handler_speaks_of_are_read() -> None:
    assert read_by(reads_two) == {"name", "uscc"}


def test_what_is_read_in_functions_that_get_the_event_counts_too() -> None:
    assert read_by(hands_on) == {"name", "uscc", "verified"}


def test_all_handlers_of_an_event_count() -> None:
    assert read_by(reads_two, reads_the_subject) == {"name", "uscc", "unit_id"}


@pytest.mark.parametrize("handler", [keeps_it_whole, hands_it_to_a_stranger, print])
def test_a_handler_whose_reading_cannot_be_followed_is_named_instead_of_guessed(handler: Callable[..., Any]) -> None:
    with pytest.raises(reading.Untraceable, match=handler.__name__):
        read_by(handler)
