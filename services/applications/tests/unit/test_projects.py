"""Days of a project count in China."""

from datetime import UTC, date, datetime

import pytest

from shenbao_applications.domain import projects
from shenbao_common.kernel.errors import Conflict, NotAllowed

OPENS, CLOSES = date(2026, 3, 1), date(2026, 3, 31)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), False),
    ],
)
def test_the_period_begins_and_ends_at_midnight_in_shanghai(moment: datetime, is_open: bool) -> None:
    assert projects.is_open(OPENS, CLOSES, moment) is is_open
    if not is_open:
        with pytest.raises(Conflict):
            projects.ensure_open(OPENS, CLOSES, moment)


def test_another_level_than_the_variant_demands_publishes_nothing() -> None:
    projects.ensure_publisher("city_hr_bureau", demanded="city_hr_bureau")
    with pytest.raises(NotAllowed):
        projects.ensure_publisher("first_level_department", demanded="city_hr_bureau")
