"""Who may decide what, once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shenbao_common.contracts.review import StepFailedV1, StepOpenedV1, StepPassedV1, StepReturnedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review.models import LogEntry


def refused(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    return answer.status_code, answer.json["code"], [(e["code"], e["path"]) for e in answer.json["errors"]]


def test_a_return_without_a_reason_is_refused_at_the_opinion(town: Any, review: UnderTest) -> None:
    report = town.report()
    for opinion in (None, "", "  \n"):
        answer = town.decide(town.office(town.d1), report, "return", opinion)
        assert refused(answer) == (422, "invalid", [("opinion_required", "opinion")])
    assert town.case(town.unit(), report)["status"] == "in_review"
    assert review.told(StepReturnedV1) == []


def test_an_action_that_the_programme_does_not_offer_is_refused(town: Any) -> None:
    report = town.report()
    answer = town.decide(town.office(town.d1), report, "fail", "不符合条件")
    assert refused(answer) == (422, "invalid", [("action_not_offered", "action")])


def test_a_failed_step_ends_the_case(town: Any, review: UnderTest) -> None:
    route = [{"key": "check", "decider": "supervising_department", "actions": ["pass", "fail"], "opinion_required": []}]
    published = town.publish()
    review.hear(
        type(published)(programme=published.programme, version=2, pack=published.pack | {"route": route, "labels": {}})
    )
    report = town.report(version=2)
    case = town.decide(town.office(town.d1), report, "fail").json
    assert (case["status"], case["label"]) == ("failed", None)
    assert [e.organisation_id for e in review.told(StepFailedV1)] == [town.d1]
    assert town.listed(town.office(town.d1), "failed") == [report.reference]


def test_passing_and_returning_are_ticked_apart(town: Any) -> None:
    report = town.report()
    may_return, may_decide = town.office(town.d1, "review.return"), town.office(town.d1, "review.decide")
    assert town.case(may_return, report)["current"]["actions"] == ["return"]
    assert town.case(may_decide, report)["current"]["actions"] == ["pass"]
    assert refused(town.decide(may_return, report, "pass"))[:2] == (403, "permission_missing")
    assert refused(town.decide(may_decide, report, "return", "学历证书不清晰"))[:2] == (403, "permission_missing")


@pytest.mark.req("S4i-07")
def test_a_handler_passes_and_returns_with_the_tick_of_returning_only(town: Any) -> None:
    handler, with_both = town.office(town.d1, "review.decide"), town.office(town.d1, "review.decide", "review.return")
    first, second = town.report(), town.report()
    assert refused(town.decide(handler, first, "return", "学历证书不清晰"))[:2] == (403, "permission_missing")
    assert town.decide(with_both, first, "return", "学历证书不清晰").status_code == 200
    assert town.decide(handler, second, "pass").status_code == 200


def test_a_decision_on_a_stale_round_is_refused_and_names_who_decided_that_round(town: Any, review: UnderTest) -> None:
    first, second = office_actor(town.d1), office_actor(town.d1)
    x, y = review.client(first), review.client(second)
    report = town.report("primary")
    seen = town.case(y, report)
    assert town.decide(x, report, "return", "学历证书不清晰").status_code == 200
    town.report_again(report)
    path = f"/v1/cases/{report.application_id}/decisions"
    body = {"step_id": seen["current"]["step_id"], "action": "pass"}
    now = town.case(y, report)
    assert now["round"] == seen["round"] + 1
    for version in (seen["version"], now["version"]):
        late = y.post(path, json=body, headers={"If-Match": f'"{version}"'})
        assert (late.status_code, late.json["code"]) == (409, "decided_by_other")
        assert late.json["errors"][0]["params"]["by"] == str(first.account_id)
    own = x.post(path, json=body, headers={"If-Match": f'"{now["version"]}"'})
    assert (own.status_code, own.json["code"]) == (409, "step_not_open")
    blind = office_actor(town.d1, "application.export")
    denied = review.client(blind).post(path, json=body, headers={"If-Match": f'"{now["version"]}"'})
    assert (denied.status_code, denied.json["code"]) == (403, "permission_missing")
    assert str(first.account_id) not in denied.text
    assert town.case(y, report)["current"]["step_id"] == now["current"]["step_id"]


def test_only_the_body_of_the_step_decides_it(town: Any, review: UnderTest) -> None:
    report = town.report("intermediate")
    town.decide(town.office(town.d1), report, "pass")
    readers = [town.office(town.d1), town.unit(), review.client(admin_actor())]
    for reader in readers:
        assert refused(town.decide(reader, report, "pass"))[:2] == (403, "not_deciding_body")


def test_strangers_find_no_case(town: Any, review: UnderTest) -> None:
    report = town.report()
    town_of_others = [
        unit_actor(town.other_unit_id),
        sub_account_actor(town.unit_id),
        office_actor(town.d2),
        office_actor(town.bureau),
    ]
    for actor in town_of_others:
        client = review.client(actor)
        path = f"/v1/cases/{report.application_id}"
        decision = {"step_id": str(uuid7()), "action": "pass"}
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/log").status_code == 404
        assert client.post(f"{path}/decisions", json=decision, headers={"If-Match": '"1"'}).status_code == 404
        assert town.listed(client, "all") == []
        assert town.counts(client)["all"] == 0


def test_a_case_that_nobody_reported_is_not_found(town: Any) -> None:
    assert town.office(town.d1).get(f"/v1/cases/{uuid7()}").status_code == 404


def test_a_decision_without_if_match_is_refused(town: Any) -> None:
    report = town.report()
    d1 = town.office(town.d1)
    step_id = town.case(d1, report)["current"]["step_id"]
    answer = d1.post(f"/v1/cases/{report.application_id}/decisions", json={"step_id": step_id, "action": "pass"})
    assert refused(answer)[:2] == (428, "precondition_required")


def test_a_step_of_another_case_is_not_found(town: Any) -> None:
    one, other = town.report(), town.report()
    d1 = town.office(town.d1)
    step_id = town.case(d1, other)["current"]["step_id"]
    answer = d1.post(
        f"/v1/cases/{one.application_id}/decisions",
        json={"step_id": step_id, "action": "pass"},
        headers={"If-Match": f'"{town.case(d1, one)["version"]}"'},
    )
    assert answer.status_code == 404


def test_a_step_that_waits_for_its_stage_cannot_be_decided_yet(town: Any) -> None:
    report = town.report("intermediate")
    bureau = town.office(town.bureau)
    waiting = town.case(town.unit(), report)["steps"][-1]["id"]
    body = {"step_id": waiting, "action": "pass"}
    answer = bureau.post(f"/v1/cases/{report.application_id}/decisions", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 404, "before its turn the case does not exist for the bureau"


@pytest.mark.req("B-20")
def test_of_two_decisions_at_the_same_time_one_wins(town: Any, review: UnderTest) -> None:
    report = town.report("primary")
    actors = [office_actor(town.d1), office_actor(town.d1)]
    officers = [review.client(actor) for actor in actors]
    seen = town.case(officers[0], report)

    def decide(number: int) -> Any:
        action, opinion = ("pass", None) if number else ("return", "学历证书不清晰")
        return officers[number].post(
            f"/v1/cases/{report.application_id}/decisions",
            json={"step_id": seen["current"]["step_id"], "action": action, "opinion": opinion},
            headers={"If-Match": f'"{seen["version"]}"'},
        )

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, range(2)))

    assert sorted(a.status_code for a in answers) == [200, 409]
    winner, loser = sorted(range(2), key=lambda number: answers[number].status_code)
    (told,) = answers[loser].json["errors"]
    steps = {step["id"]: step["decided_at"] for step in town.case(officers[loser], report)["steps"]}
    decided_at = steps[seen["current"]["step_id"]]
    by = str(actors[winner].account_id)
    assert (told["code"], told["params"]) == ("decided_by_other", {"by": by, "at": decided_at})
    log = town.unit().get(f"/v1/cases/{report.application_id}/log").json["items"]
    assert len([e for e in log if e["action"] != "report"]) == 1
    assert len(review.told(StepPassedV1)) + len(review.told(StepReturnedV1)) == 1


@pytest.mark.req("B-20")
def test_a_decision_sent_twice_with_one_key_is_one_decision(town: Any, review: UnderTest) -> None:
    report = town.report("primary")
    d1 = town.office(town.d1)
    seen = town.case(d1, report)
    answers = [
        d1.post(
            f"/v1/cases/{report.application_id}/decisions",
            json={"step_id": seen["current"]["step_id"], "action": "pass"},
            headers={"If-Match": f'"{seen["version"]}"', "Idempotency-Key": "double-click-0001"},
        )
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert len(review.told(StepPassedV1)) == 1


@pytest.mark.parametrize("change", ["UPDATE log_entry SET action = 'fail'", "DELETE FROM log_entry"])
def test_the_log_can_neither_be_changed_nor_shortened(town: Any, review: UnderTest, change: str) -> None:
    town.decide(town.office(town.d1), town.report(), "pass")
    with review.sessions() as session, pytest.raises(IntegrityError, match="only ever added"):
        session.execute(sa.text(change))


def test_an_opinion_is_sealed_in_the_database(town: Any, review: UnderTest) -> None:
    town.decide(town.office(town.d1), town.report(), "return", "学历证书不清晰")
    with review.sessions() as session:
        raw = session.scalar(sa.text("SELECT opinion FROM log_entry WHERE action = 'return'"))
        assert "学历证书不清晰".encode() not in raw
        assert "学历证书不清晰" in session.scalars(sa.select(LogEntry.opinion)).all()


def test_nobody_but_the_administrator_learns_who_decided(town: Any, review: UnderTest) -> None:
    report = town.report()
    officer = office_actor(town.d1)
    town.decide(review.client(officer), report, "pass")
    for reader in (town.unit(), town.office(town.d1)):
        for path in ("", "/log"):
            assert str(officer.account_id) not in reader.get(f"/v1/cases/{report.application_id}{path}").text
    audit = review.client(admin_actor()).get(f"/v1/cases/{report.application_id}/log").json["items"]
    assert [e["account_id"] for e in audit] == [str(report.operator_id), str(officer.account_id)]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, ("required", "action")),
        ({"action": "approve"}, ("unknown_choice", "action")),
        ({"action": "pass", "step_id": "1"}, ("wrong_type", "step_id")),
        ({"action": "pass", "opinion": "x" * 2001}, ("too_long", "opinion")),
        ({"action": "pass", "opinion": 7}, ("wrong_type", "opinion")),
        ({"action": "pass", "sign": "x"}, ("unknown_field", "sign")),
        ([], ("wrong_type", "")),
    ],
)
def test_a_wrong_body_is_named_by_field(town: Any, body: Any, problem: tuple[str, str]) -> None:
    answer = town.office(town.d1).post(f"/v1/cases/{town.report().application_id}/decisions", json=body)
    status, _, problems = refused(answer)
    assert status == 422
    assert problem in problems


def test_parallel_steps_open_together_and_keep_their_result_over_a_return(town: Any, review: UnderTest) -> None:
    check = {"actions": ["pass", "return"], "opinion_required": ["return"]}
    route = [
        {
            "parallel": [
                {"key": "one", "decider": "supervising_department", **check},
                {"key": "two", "decider": "city_hr_bureau", **check},
            ]
        },
        {"key": "end", "decider": "city_hr_bureau", **check},
    ]
    published = town.publish()
    pack = published.pack | {"route": route, "submission": {"re_entry_step": "one"}}
    review.hear(type(published)(programme=published.programme, version=2, pack=pack))
    report = town.report(version=2)
    d1, bureau = town.office(town.d1), town.office(town.bureau)
    assert town.listed(d1) == town.listed(bureau) == [report.reference]
    town.decide(d1, report, "pass")
    town.decide(bureau, report, "return", "学历证书不清晰")
    town.report_again(report)
    assert town.listed(d1) == []
    town.decide(bureau, report, "pass")
    town.decide(bureau, report, "pass")
    assert town.case(d1, report)["status"] == "passed"
    assert [(e.step_key, e.round) for e in review.told(StepOpenedV1)] == [
        ("one", 1),
        ("two", 1),
        ("two", 2),
        ("end", 2),
    ]
