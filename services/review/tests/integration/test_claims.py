"""Officers share the queue of their office: claimed, put back, unread, changed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shenbao_common.kernel import clock
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest, count_queries

OFFICER = ("review.decide", "review.return")


def listed(client: Any, **query: Any) -> list[tuple[str, str | None, str | None]]:
    """(reference, claimed, mark) of the open tab."""
    answer = client.get("/v1/cases", query_string=query)
    assert answer.status_code == 200, answer.json
    return [(i["reference"], i["claimed"], i["mark"]) for i in answer.json["items"]]


def act(client: Any, report: Any, what: str) -> Any:
    return client.post(f"/v1/cases/{report.application_id}/{what}")


@pytest.mark.req("B-09")
def test_a_claimed_case_is_decided_by_its_claimer_until_a_superior_releases_it(town: Any, review: UnderTest) -> None:
    claimer = office_actor(town.d1, *OFFICER)
    x, y = review.client(claimer), town.office(town.d1, *OFFICER)
    superior = town.office(town.d1, *OFFICER, "review.assign")
    case = town.report()
    before = clock.now()
    assert act(x, case, "claim").json["claimed"] == "mine"
    refused = town.decide(y, case, "pass")
    assert (refused.status_code, refused.json["code"]) == (409, "claimed_by_other")
    (told,) = refused.json["errors"]
    assert told["params"]["by"] == str(claimer.account_id)
    assert before <= datetime.fromisoformat(told["params"]["at"]) <= clock.now()
    assert (act(y, case, "claim").status_code, act(y, case, "claim").json["code"]) == (409, "claimed_by_other")
    assert town.decide(x, case, "return", "学历证书不清晰").status_code == 200

    town.report_again(case)
    assert listed(x) == [(case.reference, "mine", "changed")]

    denied = act(y, case, "release")
    assert (denied.status_code, denied.json["code"], denied.json["params"]) == (
        403,
        "permission_missing",
        {"permission": "review.assign"},
    )
    assert act(superior, case, "release").json["claimed"] is None
    assert act(y, case, "claim").json["claimed"] == "mine"
    assert town.decide(x, case, "pass").json["code"] == "claimed_by_other"
    assert town.decide(y, case, "pass").status_code == 200


@pytest.mark.req("B-09")
def test_what_nobody_looked_at_is_unread_for_each_officer_by_himself(town: Any) -> None:
    x, y = town.office(town.d1, *OFFICER), town.office(town.d1, *OFFICER)
    case, other = town.report(), town.report()
    assert [mark for _, _, mark in listed(x)] == ["unread", "unread"]
    assert act(x, case, "view").json["mark"] is None
    assert listed(x) == [(case.reference, None, None), (other.reference, None, "unread")]
    assert [mark for _, _, mark in listed(y)] == ["unread", "unread"]
    town.decide(y, case, "return", "学历证书不清晰")
    assert listed(x, tab="returned") == [(case.reference, None, "changed")]
    assert listed(y, tab="returned") == [(case.reference, None, None)]


def test_a_claimer_puts_his_case_back_himself_and_finds_his_own_and_the_pool(town: Any) -> None:
    x, y = town.office(town.d1, *OFFICER), town.office(town.d1, *OFFICER)
    mine, pool = town.report(), town.report()
    act(x, mine, "claim")
    assert [ref for ref, _, _ in listed(x, claimed="mine")] == [mine.reference]
    assert [ref for ref, _, _ in listed(y, claimed="nobody")] == [pool.reference]
    assert listed(y, claimed="mine") == []
    assert act(x, mine, "release").json["claimed"] is None
    assert act(x, mine, "release").status_code == 200
    assert len(listed(y, claimed="nobody")) == 2


def test_a_claim_is_of_one_office_and_says_nothing_to_the_unit_or_a_stranger(town: Any, review: UnderTest) -> None:
    case = town.report("intermediate")
    x, bureau = town.office(town.d1, *OFFICER), town.office(town.bureau, *OFFICER)
    act(x, case, "claim")
    town.decide(x, case, "pass")
    assert town.case(bureau, case)["claimed"] is None
    assert town.decide(bureau, case, "pass").status_code == 200
    assert (town.case(town.unit(), case)["claimed"], town.case(town.unit(), case)["mark"]) == (None, None)
    for what in ("claim", "release", "view"):
        assert act(review.client(office_actor()), case, what).status_code == 404
        assert act(town.unit(), case, what).status_code == 403
    assert act(x, case, "claim").json["code"] == "step_not_open"
    assert act(town.office(town.bureau, "application.export"), case, "claim").status_code == 403


def test_a_batch_leaves_claimed_cases_of_others_alone(town: Any) -> None:
    x, y = town.office(town.d1, *OFFICER), town.office(town.d1, *OFFICER)
    claimed, free = town.report("primary"), town.report("primary")
    act(x, claimed, "claim")
    ids = [str(claimed.application_id), str(free.application_id)]
    results = y.post("/v1/decisions", json={"ids": ids, "action": "pass"}).json["results"]
    assert [(r["result"], r["code"]) for r in results] == [("refused", "claimed_by_other"), ("decided", None)]


def test_the_marks_of_a_page_cost_one_statement_however_long_it_is(town: Any, review: UnderTest) -> None:
    def statements() -> int:
        client = town.office(town.d1, *OFFICER)
        with count_queries(review) as sent:
            listed(client)
        return len(sent)

    town.report()
    few = statements()
    for _ in range(9):
        town.report()
    assert statements() == few


def test_a_recall_ends_the_claim(town: Any) -> None:
    x = town.office(town.d1, *OFFICER)
    case = town.report()
    act(x, case, "claim")
    town.recall(case)
    again = replace(case, round=2, revision=case.revision + 20)
    town.service.hear(again)
    assert listed(town.office(town.d1, *OFFICER)) == [(case.reference, None, "unread")]
