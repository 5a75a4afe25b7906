"""Reconsideration of a rejection: once, within ten working days, by steps of its own, with a result (B-10)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from shenbao_common.contracts.review import ReconsiderationAskedV1, ReconsiderationDecidedV1
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, unit_actor

STEP = {"key": "check", "decider": "supervising_department", "actions": ["pass", "fail"]}
TERMS = {
    "working_days": 10,
    "steps": [
        {"key": "acceptance", "zh": "复核受理", "en": "Acceptance", "decider": "city_hr_bureau"},
        {"key": "result", "zh": "复核结论", "en": "Result", "decider": "city_hr_bureau"},
    ],
}
REJECTED = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LAST = datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)
"""The last second of 2026-03-16 in China, the tenth working day after 2026-03-02."""


class Appeal:
    """A case of a person that D1 rejected on 2026-03-02; the bureau looks at it again."""

    def __init__(self, town: Any, review: Any) -> None:
        self.town, self.review = town, review
        town.publish_route(STEP, reconsideration=TERMS)
        self.person = person_actor()
        self.at(REJECTED)
        self.report = town.report(version=2, filler_id=self.person.account_id)
        self.path = f"/v1/cases/{self.report.application_id}"
        self.bureau = town.office(town.bureau)

    def at(self, moment: datetime) -> None:
        self.review.app.extensions["clock"] = lambda: moment

    def reject(self) -> None:
        assert self.town.decide(self.town.office(self.town.d1), self.report, "fail", "业绩不足").status_code == 200

    def ask(self, who: Any = None, **body: Any) -> Any:
        client = self.review.client(who or self.person)
        return client.post(f"{self.path}/reconsideration", json={"reason": "业绩证明已补充"} | body)

    def standing(self) -> Any:
        return self.review.client(self.person).get(self.path).json["reconsideration"]

    def decide(self, asked: Any, action: str, opinion: str | None = None, client: Any = None) -> Any:
        step = next(step for step in asked["steps"] if step["state"] == "open")
        body = {"step_id": step["step_id"], "action": action, "opinion": opinion}
        return (client or self.bureau).post(f"/v1/reconsiderations/{asked['reconsideration_id']}/decisions", json=body)


@pytest.fixture
def appeal(town: Any, review: Any) -> Appeal:
    return Appeal(town, review)


@pytest.mark.req("B-10")
def test_it_is_asked_for_once_within_ten_working_days_and_the_case_shows_it(appeal: Appeal) -> None:
    early = appeal.ask()
    assert (early.status_code, early.json["code"]) == (422, "not_rejected")
    appeal.reject()
    assert appeal.standing() == {"reconsideration_id": None, "state": None, "until": "2026-03-16"}
    appeal.at(LAST)
    asked = appeal.ask()
    assert (asked.status_code, asked.json["state"], asked.json["last_day"]) == (201, "open", "2026-03-16")
    assert [(s["step_key"], s["state"]) for s in asked.json["steps"]] == [("acceptance", "open"), ("result", "waiting")]
    assert appeal.standing()["state"] == "open"
    assert [e.application_id for e in appeal.review.told(ReconsiderationAskedV1)] == [appeal.report.application_id]
    again = appeal.ask()
    assert (again.status_code, again.json["code"]) == (422, "reconsideration_asked")


@pytest.mark.req("B-10")
def test_after_the_tenth_working_day_it_is_too_late(appeal: Appeal) -> None:
    appeal.reject()
    appeal.at(datetime(2026, 3, 16, 16, tzinfo=UTC))
    late = appeal.ask()
    assert (late.status_code, late.json["code"]) == (422, "reconsideration_over")
    assert late.json["errors"][0]["params"] == {"last_day": "2026-03-16"}
    assert appeal.standing()["state"] is None


def test_of_two_who_ask_at_once_one_is_refused(appeal: Appeal) -> None:
    appeal.reject()
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(appeal.ask, (appeal.person, unit_actor(appeal.town.unit_id))))
    assert sorted(a.status_code for a in answers) == [201, 422]


@pytest.mark.parametrize(
    ("actions", "state", "granted"),
    [(("pass", "pass"), "granted", True), (("pass", "fail"), "upheld", False), (("fail",), "upheld", False)],
)
def test_its_own_steps_lead_to_its_own_result(
    appeal: Appeal, actions: tuple[str, ...], state: str, granted: bool
) -> None:
    appeal.reject()
    asked = appeal.ask().json
    waiting = appeal.bureau.get("/v1/reconsiderations").json["items"]
    assert [(one["reason"], one["steps"][0]["mine"]) for one in waiting] == [("业绩证明已补充", True)]
    for action in actions:
        answer = appeal.decide(asked, action, "经复核，原结论" + ("有误" if action == "pass" else "正确"))
        assert answer.status_code == 200, answer.json
        asked = answer.json
    assert asked["state"] == state
    assert appeal.standing()["state"] == state
    assert [e.granted for e in appeal.review.told(ReconsiderationDecidedV1)] == [granted]
    assert appeal.bureau.get("/v1/reconsiderations").json["items"] == []
    shown = appeal.review.client(appeal.person).get(f"{appeal.path}/reconsideration").json
    assert [step["opinion"] for step in shown["steps"] if step["opinion"]][-1].startswith("经复核")
    log = appeal.review.client(appeal.person).get(f"{appeal.path}/log").json["items"]
    assert [line["action"] for line in log][-2:][-1] == ("grant" if granted else "uphold")
    assert "reconsider" in [line["action"] for line in log]


def test_bad_decisions_are_refused_by_name(appeal: Appeal) -> None:
    appeal.reject()
    assert [e["code"] for e in appeal.ask(reason=" ").json["errors"]] == ["required"]
    asked = appeal.ask().json
    bare = appeal.decide(asked, "fail")
    assert (bare.status_code, [(e["code"], e["path"]) for e in bare.json["errors"]]) == (
        422,
        [("opinion_required", "opinion")],
    )
    later = {"step_id": asked["steps"][1]["step_id"], "action": "pass", "opinion": None}
    path = f"/v1/reconsiderations/{asked['reconsideration_id']}/decisions"
    assert appeal.bureau.post(path, json=later).json["code"] == "step_not_open"
    untickled = appeal.review.client(office_actor(appeal.town.bureau, "review.return"))
    assert appeal.decide(asked, "pass", client=untickled).status_code == 403


def test_no_stranger_asks_reads_or_decides(appeal: Appeal) -> None:
    appeal.reject()
    for who in (person_actor(), unit_actor(), unit_actor(appeal.town.other_unit_id)):
        assert appeal.ask(who).status_code == 404
    assert appeal.ask(office_actor(appeal.town.d1)).status_code == 403
    asked = appeal.ask().json
    for who in (person_actor(), unit_actor(), office_actor(), office_actor(appeal.town.d2)):
        assert appeal.review.client(who).get(f"{appeal.path}/reconsideration").status_code == 404
    assert appeal.review.client(admin_actor()).get(f"{appeal.path}/reconsideration").status_code == 200
    other = appeal.town.office(appeal.town.d2)
    assert other.get("/v1/reconsiderations").json["items"] == []
    assert appeal.decide(asked, "pass", client=other).status_code == 404
    assert appeal.review.client().get("/v1/reconsiderations").status_code == 401


def test_a_programme_without_it_lets_a_rejection_be_final(town: Any, review: Any) -> None:
    town.publish_route(STEP)
    report = town.report(version=2)
    town.decide(town.office(town.d1), report, "fail", "业绩不足")
    assert town.case(town.unit(), report)["reconsideration"] is None
    refused = town.unit().post(f"/v1/cases/{report.application_id}/reconsideration", json={"reason": "x"})
    assert (refused.status_code, refused.json["code"]) == (422, "no_reconsideration")
