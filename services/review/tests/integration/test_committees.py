"""Committees are found by their group and office; experts are invited and join with the account they vote with."""

from typing import Any

import pytest

from shenbao_common.contracts.review import CommitteeFormedV1, StepOpenedV1
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest

STEP = {
    "key": "committee_review",
    "decider": "committee",
    "actions": ["pass", "fail"],
    "committee": {"group_by": "basic.subject_group"},
}
TERM = {"term_from": "2026-01-01", "term_to": "2028-12-31"}


def formed(client: Any, name: str, **charge: Any) -> Any:
    answer = client.post("/v1/committees", json={"name": name, **charge})
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_case_waits_for_a_committee_and_comes_to_that_of_its_group_when_it_is_formed(
    town: Any, review: UnderTest
) -> None:
    town.publish_route(STEP)
    report = town.report(version=2, group="计算机")
    assert review.told(StepOpenedV1) == []
    bureau = town.office(town.bureau)
    formed(bureau, "示例市建筑工程评委会", groups=["建筑"])
    assert review.told(StepOpenedV1) == []
    formed(bureau, "示例市计算机评委会", groups=["计算机"])
    (opened,) = review.told(StepOpenedV1)
    assert (opened.organisation_id, opened.organisation_name) == (town.bureau, "示例市计算机评委会")
    assert town.listed(bureau) == [report.reference]
    # It is decided by a sitting: no officer's button does it.
    assert town.case(bureau, report)["current"]["actions"] == []
    assert town.decide(bureau, report, "pass").status_code == 422


def test_the_committee_of_the_nearest_office_is_chosen_and_that_of_a_strange_office_never(town: Any) -> None:
    town.publish_route(STEP)
    formed(town.office(town.d2), "外单位评委会", groups=["计算机"])
    formed(town.office(town.bureau), "市评委会")
    near = town.office(town.d1)
    formed(near, "局评委会", groups=["计算机"])
    for group, office in (("计算机", near), ("会计", town.office(town.bureau))):
        report = town.report(version=2, group=group)
        assert town.case(office, report)["current"]["organisation_id"]
    assert town.listed(town.office(town.d2)) == []


def test_two_committees_that_fit_alike_leave_the_case_waiting(town: Any, review: UnderTest) -> None:
    town.publish_route(STEP)
    bureau = town.office(town.bureau)
    first = formed(bureau, "一", groups=["计算机"])
    formed(bureau, "二", groups=["计算机"])
    town.report(version=2, group="计算机")
    assert review.told(StepOpenedV1) == []
    path = f"/v1/committees/{first['committee_id']}"
    gone = {"name": "一", "groups": ["计算机"], "active": False}
    assert bureau.put(path, json=gone).status_code == 428
    assert bureau.put(path, json=gone, headers={"If-Match": f'"{first["version"]}"'}).status_code == 200
    (opened,) = review.told(StepOpenedV1)
    assert opened.organisation_name == "二"
    assert [(e.name, e.active, e.revision) for e in review.told(CommitteeFormedV1)] == [
        ("一", True, 1),
        ("二", True, 1),
        ("一", False, 2),
    ]


def test_an_invitation_binds_one_account_and_is_told_once(town: Any, review: UnderTest) -> None:
    chief, expert = town.office(town.bureau), person_actor()
    body = {"name": "王五", "specialties": ["计算机"], "unit_id": str(town.unit_id), **TERM}
    invited = chief.post("/v1/experts", json=body).json
    assert "invitation" not in chief.get("/v1/experts").json["items"][0]
    assert [e["joined"] for e in chief.get("/v1/experts").json["items"]] == [False]
    joined = review.client(expert).post("/v1/memberships", json={"invitation": invited["invitation"].lower()})
    assert joined.status_code == 201
    again = review.client(person_actor()).post("/v1/memberships", json={"invitation": invited["invitation"]})
    assert (again.status_code, again.json["code"]) == (404, "invitation_unknown")
    assert [e["joined"] for e in chief.get("/v1/experts", query_string={"specialty": "计算机"}).json["items"]] == [True]
    second = chief.post(f"/v1/experts/{invited['expert_id']}/invitation")
    assert (second.status_code, second.json["code"]) == (409, "already_joined")


def test_a_wrong_expert_is_refused_with_every_problem(town: Any) -> None:
    body = {"name": "王五", "unit_id": str(town.bureau), "term_from": "2026-02-01", "term_to": "2026-01-01"}
    answer = town.office(town.bureau).post("/v1/experts", json=body)
    assert [(e["code"], e["path"]) for e in answer.json["errors"]] == [
        ("ends_before_begin", "term_to"),
        ("unknown_unit", "unit_id"),
    ]


@pytest.mark.parametrize("path", ["/v1/committees", "/v1/experts"])
def test_the_pool_and_the_committees_are_the_offices_own(town: Any, review: UnderTest, path: str) -> None:
    chief = town.office(town.bureau)
    committee = formed(chief, "市评委会")
    expert = chief.post("/v1/experts", json={"name": "王五", **TERM}).json
    assert town.office(town.d1).get(path).json["items"] == []
    assert review.client(unit_actor()).get(path).status_code == 403
    stranger = town.office(town.d1)
    assert stranger.get(f"/v1/committees/{committee['committee_id']}").status_code == 404
    assert stranger.put(f"/v1/experts/{expert['expert_id']}", json={"name": "x", **TERM}).status_code == 404
    assert review.client(office_actor(town.bureau, "review.decide")).get("/v1/experts").status_code == 403


def test_a_relation_names_a_case_or_a_unit_and_is_taken_back_by_who_declared_it(town: Any, review: UnderTest) -> None:
    report = town.report()
    officer = town.office(town.d1)
    made = officer.post("/v1/relations", json={"reference": report.reference})
    assert (made.status_code, made.json["application_id"]) == (201, str(report.application_id))
    both = officer.post("/v1/relations", json={"reference": report.reference, "unit_id": str(town.unit_id)})
    assert [(e["code"], e["path"]) for e in both.json["errors"]] == [("one_of", "")]
    assert officer.post("/v1/relations", json={"reference": "2014-999999"}).status_code == 422
    path = f"/v1/relations/{made.json['relation_id']}"
    assert town.office(town.d1).delete(path).status_code == 404
    assert [r["relation_id"] for r in officer.get("/v1/relations").json["items"]] == [made.json["relation_id"]]
    assert officer.delete(path).status_code == 204
    assert review.client(person_actor()).post("/v1/relations", json={"unit_id": str(town.unit_id)}).status_code == 403


@pytest.mark.req("B-05")
def test_an_officer_who_is_declared_related_neither_claims_nor_decides(town: Any, review: UnderTest) -> None:
    related, other = (town.report() for _ in range(2))
    officer = town.office(town.d1)
    officer.post("/v1/relations", json={"reference": related.reference})
    refused = town.decide(officer, related, "pass")
    assert (refused.status_code, refused.json["code"]) == (422, "conflict_declared")
    claimed = officer.post(f"/v1/cases/{related.application_id}/claim")
    assert (claimed.status_code, claimed.json["code"]) == (422, "conflict_declared")
    ids = [str(report.application_id) for report in (related, other)]
    many = officer.post("/v1/decisions", json={"ids": ids, "action": "pass"}).json["results"]
    assert [(r["result"], r["code"]) for r in many] == [("refused", "conflict_declared"), ("decided", None)]
    assert town.decide(town.office(town.d1), related, "pass").status_code == 200


@pytest.mark.req("B-05")
def test_nobody_decides_or_evaluates_the_own_case(town: Any, review: UnderTest, house: Any) -> None:
    officer = office_actor(town.d1)
    own = town.report(filler_id=officer.account_id)
    refused = town.decide(review.client(officer), own, "pass")
    assert (refused.status_code, refused.json["code"]) == (422, "conflict_own_case")
    member = person_actor()
    expert, others = house.expert("王五", account=member), house.pool(3)
    (candidate,) = house.candidates(1, filler_id=member.account_id)
    sitting = house.planned([candidate])
    seated = house.chief.post(f"/v1/sittings/{sitting}/members", json={"expert_ids": [*others, expert]})
    assert [(e["code"], e["path"]) for e in seated.json["errors"]] == [("conflict_own_case", "expert_ids.3")]
    assert house.chief.get(f"/v1/sittings/{sitting}").json["members"] == []


def test_who_forms_a_second_committee_for_the_same_is_told_at_once(town: Any) -> None:
    chief = town.office(town.bureau)

    def form(name: str, **charge: Any) -> Any:
        return chief.post("/v1/committees", json={"name": name, **charge}).json

    first = form("甲", programmes=["title_trial"])
    assert first["overlaps"] == []
    grouped = form("乙", programmes=["title_trial"], groups=["machinery"])
    assert grouped["overlaps"] == []
    again = form("丙")
    assert [one["name"] for one in again["overlaps"]] == ["甲"]
    assert [one["name"] for one in form("丁", groups=["machinery", "nursing"])["overlaps"]] == ["乙"]
    path, etag = f"/v1/committees/{first['committee_id']}", {"If-Match": f'"{first["version"]}"'}
    changed = chief.put(path, json={"name": "甲", "programmes": ["title_trial"], "active": False}, headers=etag)
    assert changed.json["overlaps"] == []
    assert chief.get(f"/v1/committees/{again['committee_id']}").json["overlaps"] == []
    other = town.office(town.d1).post("/v1/committees", json={"name": "戊"}).json
    assert other["overlaps"] == []
