"""Refusals, the actor, the clock, ids and the trace."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from shenbao_common.kernel import clock, trace
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Problem, RuleBroken, ensure
from shenbao_common.kernel.ids import uuid7


def test_the_clock_is_aware_and_in_universal_time() -> None:
    moment = clock.now()
    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2014, 5, 5, 15, 59, tzinfo=UTC), date(2014, 5, 5)),
        (datetime(2014, 5, 5, 16, 0, tzinfo=UTC), date(2014, 5, 6)),
        (datetime(2014, 12, 31, 16, 0, tzinfo=UTC), date(2015, 1, 1)),
    ],
)
def test_an_office_day_begins_at_midnight_in_china(moment: datetime, day: date) -> None:
    assert clock.office_day(moment) == day


def test_ids_are_version_7_unique_and_sort_as_they_were_made() -> None:
    made = [uuid7() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == sorted(made)
    assert (made[0].version, made[0].variant) == (7, RFC_4122)


def test_an_id_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    stamped = uuid7().int >> 80
    assert before <= stamped <= time.time_ns() // 1_000_000


def test_a_traceparent_is_continued() -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert trace.start(given) == given == trace.current()


@pytest.mark.parametrize("given", [None, "", "rubbish", "00-XYZ-00f067aa0ba902b7-01", "00-" + "0" * 32])
def test_without_a_readable_traceparent_a_trace_begins(given: str | None) -> None:
    begun = trace.start(given)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
    assert begun != trace.start(given)


def test_an_actor_without_the_permission_is_refused_with_its_name() -> None:
    actor = Actor(account_id=UUID(int=1), kind=Kind.OFFICE, permissions=frozenset({"review.decide"}))
    actor.require("review.decide")
    with pytest.raises(NotAllowed) as refused:
        actor.require("review.return")
    assert (refused.value.code, refused.value.params) == ("permission_missing", {"permission": "review.return"})


def test_every_objection_is_named_at_once() -> None:
    problems = [Problem("required", "a"), Problem("too_long", "b", {"limit": 200})]
    with pytest.raises(RuleBroken) as refused:
        ensure(problems)
    assert refused.value.problems == tuple(problems)


def test_without_objection_nothing_is_refused() -> None:
    ensure([])


def test_a_refusal_carries_code_and_parameters() -> None:
    assert (NotFound().code, Conflict("wrong_state", state="open").params) == ("not_found", {"state": "open"})
