"""Who may publish which project, and when one may declare in it."""

from datetime import date, datetime

from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotAllowed, Problem


def ensure_publisher(level: str, *, demanded: str) -> None:
    """S4g-12: primary tier by a first-level department, intermediate by the city HR bureau, as the variant says."""
    if level != demanded:
        raise NotAllowed("wrong_publisher", demanded=demanded)


def objections(*, year: int, opens_on: date, closes_on: date) -> list[Problem]:
    """What is wrong with the days of a new project."""
    problems = []
    if closes_on < opens_on:
        problems.append(Problem("ends_before_start", "closes_on"))
    if not opens_on.year - 1 <= year <= closes_on.year + 1:
        problems.append(Problem("year_outside_period", "year"))
    return problems


def is_open(opens_on: date, closes_on: date, now: datetime) -> bool:
    """Both days count, in China's time."""
    return opens_on <= office_day(now) <= closes_on


def ensure_open(opens_on: date, closes_on: date, now: datetime) -> None:
    if not is_open(opens_on, closes_on, now):
        raise Conflict("project_not_open", opens_on=opens_on.isoformat(), closes_on=closes_on.isoformat())
