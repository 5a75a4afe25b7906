"""Periods of whole months, also those that begin or end with February."""

from datetime import date

import pytest

from shenbao_applications.domain import renewal

TERMS = {"early_months": 3, "late_days": 0}


@pytest.mark.parametrize(
    ("recognised_on", "months", "last"),
    [
        ("2021-05-20", 36, "2024-05-19"),
        ("2024-02-29", 60, "2029-02-28"),  # No 29 February 2029: the period ends with the month, not a day before.
        ("2024-02-29", 48, "2028-02-28"),
        ("2024-02-28", 60, "2029-02-27"),
        ("2023-03-01", 60, "2028-02-29"),
        ("2023-08-31", 18, "2025-02-28"),
        ("2023-01-01", 36, "2025-12-31"),
    ],
)
def test_a_recognition_holds_for_whole_months_from_its_day(recognised_on: str, months: int, last: str) -> None:
    begun = date.fromisoformat(recognised_on)
    assert renewal.valid_until(begun, None, {"validity_months": months}) == date.fromisoformat(last)
    assert renewal.valid_until(begun, date(2030, 1, 1), {"validity_months": months}) == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("until", "months", "extended"),
    [
        ("2024-05-19", 36, "2027-05-19"),
        ("2027-02-28", 60, "2032-02-29"),  # From 1 March 2027 on: the leap year's day is not lost.
        ("2028-02-29", 36, "2031-02-28"),
        ("2029-02-28", 60, "2034-02-28"),
        ("2029-02-27", 60, "2034-02-27"),
        ("2025-12-31", 36, "2028-12-31"),
    ],
)
def test_the_next_period_begins_the_day_after_the_running_one(until: str, months: int, extended: str) -> None:
    assert renewal.extended(date.fromisoformat(until), {"validity_months": months}) == date.fromisoformat(extended)


@pytest.mark.parametrize(
    ("today", "answer"),
    [
        ("2028-11-30", renewal.NOT_YET_DUE),
        ("2028-12-01", renewal.NEEDED),
        ("2029-02-28", renewal.NEEDED),
        ("2029-03-01", renewal.OVER),
    ],
)
def test_a_period_that_ends_on_28_february_may_be_kept_valid_from_1_december(today: str, answer: str) -> None:
    found = renewal.need(date(2029, 2, 28), TERMS, same_category=True, today=date.fromisoformat(today))
    assert (found.answer, found.earliest_on) == (answer, date(2028, 12, 1))
