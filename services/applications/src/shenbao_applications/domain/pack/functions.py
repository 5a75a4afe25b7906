"""What rules may reckon with days: the only functions of ours that an expression may call.

A day is a text YYYY-MM-DD. Where one is not filled in there is nothing to reckon: the answer is the empty value.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any


def full_years(since: str, until: str) -> int:
    """Completed years: who is at most 40 is not yet 41 (S2-21)."""
    return full_months(since, until) // 12


def full_months(since: str, until: str) -> int:
    """Completed months from one day to another; none when the second comes first."""
    first, last = _day(since), _day(until)
    if first is None or last is None:
        return 0
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, months)


def plus_months(day: str, months: int) -> str:
    """The same day so many months later, or the last of that month when it is shorter."""
    found = _day(day)
    if found is None:
        return ""
    years, month = divmod(found.month - 1 + int(months), 12)
    for last in (found.day, 30, 29, 28):
        try:
            return date(found.year + years, month + 1, min(found.day, last)).isoformat()
        except (ValueError, OverflowError):
            continue
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "full_years": full_years,
    "full_months": full_months,
    "plus_months": plus_months,
}
