"""Waiting ends with what was seen, or with the reason why it was not."""

import pytest

from shenbao_stack.waiting import TooLate, until


def test_waiting_answers_the_first_true_thing() -> None:
    seen = iter([0, "", [7]])
    assert until(lambda: next(seen), seconds=5, every=0.001) == [7]


def test_waiting_takes_a_failed_assertion_as_not_yet_and_tells_it_at_the_end() -> None:
    def look() -> bool:
        raise AssertionError("still three")

    with pytest.raises(TooLate) as late:
        until(look, seconds=0.01, every=0.001, what="four")
    assert "four" in str(late.value)
    assert str(late.value.__cause__) == "still three"
