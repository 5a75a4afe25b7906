"""Working days by the State Council's schedule of 2026 (reference table of the Civil Code's periods)."""

from datetime import UTC, date, datetime

import pytest

from shenbao_common.kernel.errors import Conflict
from shenbao_review.domain.calendar import Calendar, end_of

_OFF = "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007"
_ON = "0104 0214 0228 0509 0920 1010"


def days(texts: str, works: bool) -> dict[date, bool]:
    return {date(2026, int(text[:2]), int(text[2:])): works for text in texts.split()}


CALENDAR = Calendar(years=[2026], exceptions=days(_OFF, works=False) | days(_ON, works=True))


@pytest.mark.parametrize(
    ("start", "counted", "not_counted"),
    [
        ("2026-02-12", "2026-02-25", "2026-02-26"),
        ("2026-04-03", "2026-04-10", "2026-04-13"),
        ("2026-04-29", "2026-05-08", "2026-05-09"),
        ("2026-09-18", "2026-09-23", "2026-09-24"),
        ("2026-09-24", "2026-10-08", "2026-10-09"),
    ],
)
def test_five_working_days_end_where_the_schedule_says(start: str, counted: str, not_counted: str) -> None:
    first = date.fromisoformat(start)
    assert CALENDAR.last_day(first, 5) == date.fromisoformat(not_counted)
    assert CALENDAR.last_day(first, 5, count_first=True) == date.fromisoformat(counted)


@pytest.mark.parametrize("count_first", [True, False])
def test_a_year_without_a_schedule_is_an_error_and_never_a_guess(count_first: bool) -> None:
    with pytest.raises(Conflict) as refused:
        CALENDAR.last_day(date(2026, 12, 30), 5, count_first=count_first)
    assert (refused.value.code, refused.value.params) == ("calendar_missing", {"year": 2027})


def test_a_day_ends_at_midnight_in_china() -> None:
    assert end_of(date(2026, 10, 9)) == datetime(2026, 10, 9, 16, tzinfo=UTC)
