"""Time limits in working days: reminder, overdue, escalation; timers fired once; the calendar."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.review import StepOverdueV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review import worker
from shenbao_review.actions import limits, timers
from shenbao_review.models import Step, Timer

LIMIT = {"working_days": 5, "remind_before": 1, "escalate": True}
CHECK = {
    "key": "check",
    "zh": "审核",
    "en": "Check",
    "decider": "supervising_department",
    "actions": ["pass", "return"],
}
THURSDAY = datetime(2026, 9, 24, 1, 30, tzinfo=UTC)
"""Before three days off, three worked days, seven days off: the five working days end on 2026-10-09."""

END_OF_DAY_4 = datetime(2026, 10, 8, 16, tzinfo=UTC)
END_OF_DAY_5 = datetime(2026, 10, 9, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(review: UnderTest, moment: datetime) -> None:
    """The clock stands at a moment; a worker does what is due."""
    while worker.piece(review.service.sessions, lambda: moment):
        pass


def acts(town: Any, report: Any) -> list[str]:
    log = town.unit().get(f"/v1/cases/{report.application_id}/log").json["items"]
    return [line["action"] for line in log]


def limited(town: Any, **limit: Any) -> Any:
    town.publish_route(CHECK | {"limit": LIMIT | limit})
    return town.report(version=2, submitted_at=THURSDAY)


@pytest.mark.req("B-08")
def test_five_working_days_bring_one_reminder_one_escalation_and_the_superior_sees_it(
    town: Any, review: UnderTest
) -> None:
    report = limited(town)
    d1, superior = town.office(town.d1), town.office(town.bureau)
    assert town.case(d1, report)["current"]["due_on"] == "2026-10-09"
    assert superior.get(f"/v1/cases/{report.application_id}").status_code == 404

    at(review, END_OF_DAY_4 - SECOND)
    assert acts(town, report) == []
    at(review, END_OF_DAY_4)
    at(review, END_OF_DAY_4 + SECOND)
    assert acts(town, report) == ["remind"]
    assert town.case(d1, report)["current"]["overdue"] is False

    at(review, END_OF_DAY_5 - SECOND)
    assert acts(town, report) == ["remind"]
    at(review, END_OF_DAY_5)
    at(review, END_OF_DAY_5 + timedelta(days=30))
    assert acts(town, report) == ["remind", "overdue"]
    assert town.case(d1, report)["current"]["overdue"] is True
    assert town.counts(d1)["overdue"] == 1
    assert town.listed(d1, overdue=True) == [report.reference]
    assert (town.counts(superior)["watched"], town.counts(superior)["all"]) == (1, 0)
    assert town.listed(superior, "watched") == [report.reference]
    watched = town.case(superior, report)["current"]
    assert (watched["overdue"], watched["organisation_name"], watched["actions"]) == (True, "市教育局", [])
    (told,) = review.told(StepOverdueV1)
    assert (told.organisation_id, told.organisation_name, told.step_key) == (town.bureau, "市人社局", "check")


def test_who_decides_in_time_is_neither_reminded_nor_overdue(town: Any, review: UnderTest) -> None:
    report = limited(town)
    town.decide(town.office(town.d1), report, "pass")
    at(review, END_OF_DAY_5)
    assert acts(town, report) == ["pass"]
    assert review.told(StepOverdueV1) == []


def test_a_decision_ends_the_watch_and_the_superior_keeps_reading(town: Any, review: UnderTest) -> None:
    report = limited(town)
    at(review, END_OF_DAY_5)
    town.decide(town.office(town.d1), report, "pass")
    superior = town.office(town.bureau)
    assert town.counts(superior)["watched"] == 0
    assert town.counts(town.office(town.d1))["overdue"] == 0
    assert town.case(superior, report)["status"] == "passed"


def test_without_escalation_nobody_above_hears(town: Any, review: UnderTest) -> None:
    report = limited(town, escalate=False, remind_before=None)
    at(review, END_OF_DAY_5)
    assert acts(town, report) == ["overdue"]
    assert town.counts(town.office(town.bureau))["watched"] == 0


def test_a_case_goes_on_without_a_limit_where_the_calendar_ends(town: Any) -> None:
    town.publish_route(CHECK | {"limit": LIMIT})
    report = town.report(version=2, submitted_at=datetime(2026, 12, 30, 1, 30, tzinfo=UTC))
    assert town.case(town.office(town.d1), report)["current"]["due_on"] is None


def test_two_thousand_timers_are_fired_once_each_by_two_workers(review: UnderTest) -> None:
    with review.service.sessions.begin() as session:
        rows = [{"timer_id": uuid7(), "kind": "count", "subject_id": uuid7(), "due_at": THURSDAY} for _ in range(2_000)]
        session.execute(sa.insert(Timer), rows)
        fired = sa.text("CREATE TABLE IF NOT EXISTS fired (subject_id uuid, worker text)")
        session.execute(fired)

    def count(name: str) -> timers.Act:
        def act(session: Any, subject_id: Any, _now: datetime) -> bool:
            session.execute(sa.text("INSERT INTO fired VALUES (:s, :w)"), {"s": subject_id, "w": name})
            return True

        return act

    def work(name: str) -> None:
        more = True
        while more:
            with review.service.sessions.begin() as session:
                more = timers.fire(session, {"count": count(name)}, THURSDAY)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    with review.service.engine.begin() as connection:
        numbers = "SELECT count(*), count(DISTINCT subject_id), count(DISTINCT worker) FROM fired"
        assert connection.exec_driver_sql(numbers).one() == (2_000, 2_000, 2)
        connection.exec_driver_sql("DROP TABLE fired")


def test_one_that_fails_holds_up_no_other_and_is_tried_again(review: UnderTest) -> None:
    broken, fine = uuid7(), uuid7()
    tried = []

    def act(_session: Any, subject_id: Any, _now: datetime) -> bool:
        tried.append(subject_id)
        if subject_id == broken and tried.count(broken) == 1:
            raise RuntimeError
        return True

    with review.service.sessions.begin() as session:
        for subject in (broken, fine):
            timers.wind(session, "act", subject, THURSDAY)
        assert timers.fire(session, {"act": act}, THURSDAY)
        assert not timers.fire(session, {"act": act}, THURSDAY)
        assert timers.fire(session, {"act": act}, THURSDAY + timedelta(minutes=1))
        assert sorted(tried) == sorted([broken, fine, broken])


def test_an_administrator_adds_a_year_once_and_what_contradicts_it_is_named(review: UnderTest) -> None:
    admin = review.client(admin_actor())
    year = {"year": 2027, "days_off": ["2027-01-01"], "days_on": ["2027-01-03"], "source": "国办发明电〔2026〕1号"}
    wrong = admin.post(
        "/v1/calendar", json=year | {"days_off": ["2026-01-01", "2027-01-02"], "days_on": ["2027-01-04"]}
    )
    assert [(e["code"], e["path"]) for e in wrong.json["errors"]] == [
        ("outside_year", "days_off.0"),
        ("contradicts_week", "days_off.1"),
        ("contradicts_week", "days_on.0"),
    ]
    assert admin.post("/v1/calendar", json=year).status_code == 201
    assert admin.post("/v1/calendar", json=year).json["code"] == "year_known"
    assert 2027 in [y["year"] for y in review.client(office_actor()).get("/v1/calendar").json["items"]]
    assert review.client(office_actor()).post("/v1/calendar", json=year).status_code == 403


def test_what_is_decided_while_its_limit_passes_is_not_overdue(town: Any, review: UnderTest) -> None:
    report = limited(town)
    step_id = UUID(town.case(town.office(town.d1), report)["current"]["step_id"])
    with review.sessions() as session:
        first_look = session.get_one(Step, step_id)
        assert first_look.state == "open"
        assert town.decide(town.office(town.d1), report, "pass").status_code == 200
        assert limits.pass_limit(session, step_id, END_OF_DAY_5)
        session.commit()
    assert acts(town, report) == ["pass"]
    assert review.told(StepOverdueV1) == []
