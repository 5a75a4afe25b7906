"""Counted work by day: what came, what was decided, how long it was open; and what is overdue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review import worker

MAY = datetime(2026, 5, 6, 1, 30, tzinfo=UTC)
CHECK = {
    "key": "check",
    "zh": "审核",
    "en": "Check",
    "decider": "supervising_department",
    "actions": ["pass", "return"],
    "limit": {"working_days": 2},
}


def trend(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/cases/trend", query_string={"days": 20} | query)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def days(found: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Those on which anything happened."""
    words = ("came", "passed", "returned", "failed")
    lines = {line["day"]: tuple(line[word] for word in words) for line in found["days"]}
    return {day: numbers for day, numbers in lines.items() if any(numbers)}


def spans(found: dict[str, Any]) -> dict[str, int]:
    return {line["span"]: line["steps"] for line in found["open_for"] if line["steps"]}


@pytest.fixture
def clock(review: UnderTest) -> Any:
    def set_to(moment: datetime) -> None:
        review.app.extensions["clock"] = lambda: moment
        while worker.piece(review.service.sessions, lambda: moment):
            pass

    return set_to


def test_an_office_and_a_unit_see_by_day_what_came_and_what_became_of_it(town: Any, clock: Any) -> None:
    town.publish_route(CHECK)
    reports = [town.report(version=2, submitted_at=MAY) for _ in range(3)]
    clock(MAY + timedelta(hours=2))
    d1 = town.office(town.d1)
    town.decide(d1, reports[0], "pass")
    clock(MAY + timedelta(days=7))
    town.decide(d1, reports[1], "return", "学历证书不清晰")
    for owner in (town.office(town.d1), town.unit()):
        found = trend(owner)
        assert len(found["days"]) == 20
        assert days(found) == {"2026-05-06": (3, 1, 0, 0), "2026-05-13": (0, 0, 1, 0)}
        assert spans(found) == {"within_1": 1, "within_10": 1}
        assert days(trend(owner, days=1)) == {"2026-05-13": (0, 0, 1, 0)}
        assert days(trend(owner, project_id=str(uuid7()))) == {}
        assert days(trend(owner, project_id=str(town.project_id))) == days(found)
    assert days(trend(town.office(town.d2))) == {}


def test_a_unit_finds_which_of_its_cases_are_overdue(town: Any, clock: Any) -> None:
    town.publish_route(CHECK)
    late, new = town.report(version=2, submitted_at=MAY), town.report(version=2, submitted_at=MAY + timedelta(days=6))
    clock(MAY + timedelta(days=7))
    for client in (town.unit(), town.office(town.d1)):
        assert (town.counts(client)["open"], town.counts(client)["overdue"]) == (2, 1)
        assert town.listed(client, overdue=True) == [late.reference]
        assert set(town.listed(client)) == {late.reference, new.reference}


def test_a_report_that_comes_twice_is_counted_once(town: Any, review: UnderTest, clock: Any) -> None:
    report = town.report(submitted_at=MAY)
    review.hear(report)
    clock(MAY)
    assert days(trend(town.unit())) == {"2026-05-06": (1, 0, 0, 0)}


def test_trends_are_of_offices_and_units_alone(review: UnderTest, town: Any) -> None:
    for stranger in (person_actor(), admin_actor(), sub_account_actor(town.unit_id)):
        assert review.client(stranger).get("/v1/cases/trend").status_code == 403
    for other in (office_actor(), unit_actor()):
        assert days(trend(review.client(other))) == {}
    assert review.client(office_actor()).get("/v1/cases/trend", query_string={"days": 0}).status_code == 422
