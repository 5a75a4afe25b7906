"""A committee's sitting from the drawing of its members to the signed minutes (B-04)."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_review.actions.sittings import lot


@pytest.mark.req("B-04")
def test_eight_of_twelve_are_through_and_seven_are_not_where_one_of_thirteen_is_recused(house: Any) -> None:
    town, review = house.town, house.review
    experts = house.pool(17)
    x, y, z = house.candidates(3)
    sitting = house.planned([x, y])
    house.seated(sitting, experts, attending=13)
    # The twelfth expert is declared related to X only after being seated; so is recused from X alone.
    related = {"expert_id": experts[11], "reference": x.reference}
    assert house.chief.post("/v1/relations", json=related).status_code == 201
    related["reference"] = y.reference
    assert house.chief.post("/v1/relations", json=related).status_code == 201
    assert house.opened(sitting).status_code == 200
    assert house.ballot(sitting, experts[11])["candidates"] == []

    for number, expert in enumerate(experts[:11] + experts[12:13]):
        choices = {str(x.application_id): "yes" if number < 8 else "no", str(y.application_id): "no"}
        choices[str(y.application_id)] = "yes" if number < 7 else "abstain"
        assert house.vote(sitting, expert, choices).json == {"voted": True}
    closed = house.close(sitting).json
    assert [(c["reference"], c["result"], c["counts"]) for c in closed["candidates"]] == [
        (x.reference, "passed", [{"round": 1, "present": 12, "yes": 8, "no": 4, "abstained": 0}]),
        (y.reference, "failed", [{"round": 1, "present": 12, "yes": 7, "no": 0, "abstained": 5}]),
    ]
    assert review.told(StepPassedV1) == []

    recount = house.chief.get(f"/v1/sittings/{sitting}/recount").json
    assert recount == {"rounds": [{"round": 1, "slips": 24, "agrees": True, "unchanged": True}]}
    assert house.sign(sitting, experts[0]).status_code == 200
    assert [e.application_id for e in review.told(StepPassedV1)] == [x.application_id]
    assert [e.application_id for e in review.told(StepFailedV1)] == [y.application_id]
    assert [town.case(town.unit(), r)["status"] for r in (x, y, z)] == ["passed", "failed", "in_review"]


@pytest.mark.req("B-04")
@pytest.mark.parametrize(("counted", "present", "result"), [(False, 3, "passed"), (True, 4, "failed")])
def test_whether_a_recused_member_counts_as_present_is_a_switch_of_the_programme(
    house_of: Any, counted: bool, present: int, result: str
) -> None:
    house = house_of(quorum=3, count_recused=counted)
    experts = house.pool(4)
    (report,) = house.candidates(1)
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.chief.post("/v1/relations", json={"expert_id": experts[3], "reference": report.reference})
    house.opened(sitting)
    for expert, choice in zip(experts[:3], ("yes", "yes", "no"), strict=True):
        assert house.vote(sitting, expert, choice).status_code == 200
    (candidate,) = house.close(sitting).json["candidates"]
    counts = {"round": 1, "present": present, "yes": 2, "no": 1, "abstained": 0}
    assert (candidate["counts"], candidate["result"]) == ([counts], result)


@pytest.mark.req("B-04")
def test_the_ballot_does_not_open_below_the_quorum(house: Any) -> None:
    experts = house.pool(17)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts, attending=12)
    refused = house.opened(sitting)
    assert (refused.status_code, refused.json["code"]) == (409, "quorum_missing")
    assert refused.json["params"] == {"attending": 12, "quorum": 13}


@pytest.mark.req("B-04", "B-05")
def test_bad_ballots_are_refused_by_name(house: Any) -> None:
    experts = house.pool(14)
    reports = house.candidates(2)
    sitting = house.planned(reports)
    house.seated(sitting, experts, attending=13)
    assert house.vote(sitting, experts[0], "yes").json["code"] == "ballot_not_open"
    house.opened(sitting)
    stranger = house.review.client(person_actor())
    assert stranger.get(f"/v1/ballots/{sitting}").status_code == 404
    body = {"round": 1, "choices": {str(uuid7()): "yes", str(reports[0].application_id): "yes"}}
    wrong = house.review.client(house.experts[experts[0]]).put(f"/v1/ballots/{sitting}", json=body)
    assert [e["code"] for e in wrong.json["errors"]] == ["required", "unknown_candidate"]
    assert house.vote(sitting, experts[13], "yes").json["code"] == "not_attending"
    assert house.vote(sitting, experts[0], "yes", round=2).json["code"] == "wrong_round"
    assert house.vote(sitting, experts[0], "yes").status_code == 200
    twice = house.vote(sitting, experts[0], "no")
    assert (twice.status_code, twice.json["code"]) == (409, "already_voted")
    house.close(sitting)
    late = house.vote(sitting, experts[1], "yes")
    assert (late.status_code, late.json["code"]) == (409, "ballot_closed")


def test_of_two_sittings_planned_at_once_about_the_same_cases_one_has_them_all(house: Any) -> None:
    """Named in opposite order, so that each begins with what the other ends with."""
    ids = [str(report.application_id) for report in house.candidates(6)]
    body = {"title": "第一次评审会议", "held_on": "2026-05-06"}
    path = f"/v1/committees/{house.committee}/sittings"
    clerks = [office_actor(house.town.bureau), office_actor(house.town.bureau)]
    with ThreadPoolExecutor(2) as both:
        asked = [
            both.submit(house.review.client(clerk).post, path, json=body | {"ids": wanted})
            for clerk, wanted in zip(clerks, (ids, ids[::-1]), strict=True)
        ]
        answers = [one.result() for one in asked]
    assert sorted(a.status_code for a in answers) == [201, 422]
    (made,), (refused,) = ([a.json for a in answers if a.status_code == code] for code in (201, 422))
    assert {(e["code"], e["path"]) for e in refused["errors"]} == {("already_in_sitting", f"ids.{n}") for n in range(6)}
    assert sorted(c["application_id"] for c in made["candidates"]) == sorted(ids)
    assert len(house.chief.get("/v1/sittings").json["items"]) == 1


def test_of_two_who_close_at_once_one_counts_and_the_other_is_told(house: Any) -> None:
    experts = house.pool(13)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts)
    house.opened(sitting)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: house.close(sitting), range(2)))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert [a.json["code"] for a in answers if a.status_code == 409] == ["ballot_closed"]


def test_one_who_votes_twice_at_once_has_one_ballot_in_the_urn(house: Any) -> None:
    experts = house.pool(13)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts)
    house.opened(sitting)
    with ThreadPoolExecutor(4) as tries:
        answers = list(tries.map(lambda n: house.vote(sitting, experts[n % 2], "yes"), range(4)))
    assert sorted(a.status_code for a in answers) == [200, 200, 409, 409]
    (candidate,) = house.close(sitting).json["candidates"]
    assert candidate["counts"] == [{"round": 1, "present": 13, "yes": 2, "no": 0, "abstained": 0}]


def test_equal_votes_at_the_last_seat_are_voted_on_once_more(house: Any) -> None:
    experts = house.pool(13)
    reports = house.candidates(3)
    a, b, c = (str(report.application_id) for report in reports)
    sitting = house.planned(reports, seats=2)
    house.seated(sitting, experts)
    house.opened(sitting)
    for number, expert in enumerate(experts):
        house.vote(sitting, expert, {a: "yes", b: "yes" if number < 10 else "no", c: "yes" if number > 2 else "no"})
    house.close(sitting)
    assert house.results(sitting) == ["passed", "tied", "tied"]
    early = house.sign(sitting, experts[0])
    assert (early.status_code, early.json["code"]) == (409, "second_round_due")

    assert house.chief.post(f"/v1/sittings/{sitting}/second-round").status_code == 200
    assert [c["application_id"] for c in house.ballot(sitting, experts[0])["candidates"]] == [b, c]
    for number, expert in enumerate(experts):
        house.vote(sitting, expert, {b: "yes", c: "yes" if number < 9 else "no"})
    house.close(sitting)
    assert house.results(sitting) == ["passed", "passed", "failed"]
    assert house.chief.post(f"/v1/sittings/{sitting}/second-round").json["code"] == "no_second_round"
    rounds = house.chief.get(f"/v1/sittings/{sitting}/recount").json["rounds"]
    assert [(r["round"], r["agrees"], r["unchanged"]) for r in rounds] == [(1, True, True), (2, True, True)]


def test_members_are_drawn_by_a_lot_that_can_be_drawn_again(house: Any) -> None:
    town = house.town
    house.expert("同单位", unit_id=town.unit_id)
    house.expert("别的专业", specialties=["会计"])
    house.expert("任期已满", term_to="2026-05-05")
    fitting = [house.expert(f"专家{n}", specialties=["计算机"]) for n in range(6)]
    ended = house.expert("已解聘", specialties=["计算机"])
    house.chief.post(f"/v1/experts/{ended}/end")
    sitting = house.planned(house.candidates(1))
    drawn = house.chief.post(f"/v1/sittings/{sitting}/draw", json={"number": 4, "specialty": "计算机"}).json
    (noted,) = drawn["draws"]
    assert noted["eligible"] == sorted(fitting)
    by_lot = sorted(fitting, key=lambda expert: lot(noted["seed"], UUID(expert)))[:4]
    assert {m["expert_id"] for m in drawn["members"]} == set(by_lot)
    assert {m["drawn"] for m in drawn["members"]} == {True}
    more = house.chief.post(f"/v1/sittings/{sitting}/draw", json={"number": 9, "specialty": None})
    assert (more.status_code, more.json["code"], more.json["params"]) == (409, "too_few_experts", {"eligible": 3})


def test_only_the_chair_signs_what_was_read(house: Any) -> None:
    experts = house.pool(13)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts)
    house.opened(sitting)
    for expert in experts:
        house.vote(sitting, expert, "yes")
    house.close(sitting)
    refused = house.sign(sitting, experts[1])
    assert (refused.status_code, refused.json["code"]) == (403, "not_chair")
    chair = house.review.client(house.experts[experts[0]])
    read = chair.get(f"/v1/ballots/{sitting}/minutes").json
    house.chief.put(f"/v1/sittings/{sitting}/minutes", json={"text": "会议由主任委员主持。"})
    changed = chair.post(f"/v1/ballots/{sitting}/signature", json={"content_hash": read["content_hash"]})
    assert (changed.status_code, changed.json["code"]) == (409, "minutes_changed")
    signed = house.sign(sitting, experts[0]).json
    assert signed["minutes"]["text"] == "会议由主任委员主持。"
    assert house.sign(sitting, experts[0]).json["code"] == "already_signed"
    late = house.chief.put(f"/v1/sittings/{sitting}/minutes", json={"text": "x"})
    assert (late.status_code, late.json["code"]) == (409, "already_signed")
    assert "专家" not in json.dumps(signed["minutes"], ensure_ascii=False)


def test_a_case_that_was_recalled_meanwhile_is_not_decided(house: Any) -> None:
    experts = house.pool(13)
    kept, taken = house.candidates(2)
    sitting = house.planned([kept, taken])
    house.seated(sitting, experts)
    house.opened(sitting)
    for expert in experts:
        house.vote(sitting, expert, "yes")
    house.town.recall(taken)
    house.close(sitting)
    assert house.sign(sitting, experts[0]).status_code == 200
    assert [e.application_id for e in house.review.told(StepPassedV1)] == [kept.application_id]


def test_a_sitting_belongs_to_its_office_and_a_cancelled_one_sets_its_cases_free(house: Any) -> None:
    reports = house.candidates(1)
    sitting = house.planned(reports)
    stranger = house.town.office(house.town.d1)
    assert stranger.get(f"/v1/sittings/{sitting}").status_code == 404
    assert stranger.get("/v1/sittings").json["items"] == []
    clerk = house.review.client(office_actor(house.town.bureau, "review.decide"))
    assert clerk.get(f"/v1/sittings/{sitting}").status_code == 403
    body = {"title": "二", "held_on": "2026-05-07", "ids": [str(reports[0].application_id)]}
    path = f"/v1/committees/{house.committee}/sittings"
    taken = house.chief.post(path, json=body)
    assert [(e["code"], e["path"]) for e in taken.json["errors"]] == [("already_in_sitting", "ids.0")]
    assert house.chief.post(f"/v1/sittings/{sitting}/cancellation").json["state"] == "cancelled"
    assert house.chief.post(path, json=body).status_code == 201
    unknown = house.chief.post(path, json=body | {"ids": [str(uuid7())]})
    assert [(e["code"], e["path"]) for e in unknown.json["errors"]] == [("not_in_committee_step", "ids.0")]


def test_what_waits_for_a_sitting_is_listed_until_it_is_in_one(house: Any) -> None:
    first, second = house.candidates(2)
    query = {"committee_id": house.committee}
    assert house.town.listed(house.chief, **query) == [first.reference, second.reference]
    house.planned([first])
    assert house.town.listed(house.chief, **query) == [second.reference]
    assert house.town.listed(house.chief, publicity=True) == []
    assert house.town.case(house.chief, second)["current"]["committee_id"] == house.committee


@pytest.mark.req("S4a-08")
def test_thirty_handed_to_a_committee_come_back_with_their_results_and_no_other_is_changed(house: Any) -> None:
    town, review = house.town, house.review
    experts = house.pool(13)
    handed, outside = house.candidates(30), house.candidates(1)[0]
    sitting = house.planned(handed)
    house.seated(sitting, experts)
    house.opened(sitting)
    choices = {str(r.application_id): "yes" if n < 25 else "no" for n, r in enumerate(handed)}
    for expert in experts:
        house.vote(sitting, expert, choices)
    house.close(sitting)
    before = town.case(house.chief, outside)
    assert house.sign(sitting, experts[0]).status_code == 200
    assert {e.application_id for e in review.told(StepPassedV1)} == {r.application_id for r in handed[:25]}
    assert {e.application_id for e in review.told(StepFailedV1)} == {r.application_id for r in handed[25:]}
    # The unit that reported them sees the results of its own.
    unit = town.unit()
    assert len(town.listed(unit, "passed", limit=100)) == 25
    assert set(town.listed(unit, "failed")) == {r.reference for r in handed[25:]}
    assert town.case(house.chief, outside) == before


@pytest.mark.req("S4h-11")
def test_the_progress_shows_the_open_committee_step_without_its_members(house: Any) -> None:
    town = house.town
    first = {"key": "examination", "decider": "supervising_department", "actions": ["pass", "fail"]}
    published = town.publish()
    pack = published.pack | {"route": [{**first, "zh": "审查", "en": "Examination"}, house.step]}
    house.review.hear(type(published)(programme=published.programme, version=3, pack=pack))
    report = town.report(version=3)
    assert town.decide(town.office(town.d1), report, "pass").status_code == 200
    experts = house.pool(13)
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    shown = town.case(town.unit(), report)
    steps = [(s["step_key"], s["state"], s["decided_at"] is not None) for s in shown["steps"]]
    assert steps == [("examination", "passed", True), ("committee_review", "open", False)]
    assert "专家" not in str(shown)
    assert not [one for one in experts if one in str(shown)]
