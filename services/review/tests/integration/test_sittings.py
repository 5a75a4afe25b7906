"""A committee's sitting from the drawing of its members to the signed minutes (B-04, B-05)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1
from shenbao_common.kernel.actor import NOBODY, Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review.actions.sittings import lot
from shenbao_review.models import Expert

TERM = {"term_from": "2020-01-01", "term_to": "2030-12-31"}
STEP = {
    "key": "committee_review",
    "decider": "committee",
    "actions": ["pass", "fail"],
    "committee": {"quorum": 13, "yes_times": 3, "present_times": 2, "count_recused": False, "recuse_same_unit": True},
}


class House:
    """A committee of the bureau with its pool; what a secretary and members do."""

    def __init__(self, town: Any, review: UnderTest, **terms: Any) -> None:
        self.town, self.review = town, review
        town.publish_route(STEP | {"committee": STEP["committee"] | terms})
        self.chief = town.office(town.bureau)
        self.committee = self.chief.post("/v1/committees", json={"name": "示例市评委会"}).json["committee_id"]
        self.experts: dict[str, Actor] = {}

    def expert(self, name: str, *, unit_id: UUID | None = None, account: Actor | None = None, **more: Any) -> str:
        body = {"name": name, "unit_id": str(unit_id) if unit_id else None, **TERM, **more}
        made = self.chief.post("/v1/experts", json=body).json
        actor = account or person_actor()
        joined = self.review.client(actor).post("/v1/memberships", json={"invitation": made["invitation"]})
        assert joined.status_code == 201, joined.json
        self.experts[made["expert_id"]] = actor
        return str(made["expert_id"])

    def pool(self, number: int) -> list[str]:
        """So many who have joined already."""
        made = [uuid7() for _ in range(number)]
        for expert_id in made:
            self.experts[str(expert_id)] = person_actor()
        with self.review.sessions() as session:
            session.add_all(self._joined(expert_id, n) for n, expert_id in enumerate(made))
            session.commit()
        return [str(expert_id) for expert_id in made]

    def _joined(self, expert_id: UUID, number: int) -> Expert:
        return Expert(
            expert_id=expert_id,
            body_id=self.town.bureau,
            account_id=self.experts[str(expert_id)].account_id,
            name=f"专家{number}",
            specialties=[],
            term_from=date(2020, 1, 1),
            term_to=date(2030, 12, 31),
        )

    def candidates(self, number: int, **facts: Any) -> list[Any]:
        return [self.town.report(version=2, **facts) for _ in range(number)]

    def planned(self, reports: list[Any], **more: Any) -> Any:
        ids = [str(report.application_id) for report in reports]
        body = {"title": "2026年第一次评审会议", "held_on": "2026-05-06", "ids": ids, **more}
        answer = self.chief.post(f"/v1/committees/{self.committee}/sittings", json=body)
        assert answer.status_code == 201, answer.json
        return answer.json["sitting_id"]

    def seated(self, sitting: str, experts: list[str], attending: int | None = None) -> None:
        done = self.chief.post(f"/v1/sittings/{sitting}/members", json={"expert_ids": experts})
        assert done.status_code == 200, done.json
        there = experts[:attending] if attending else experts
        self.chief.put(f"/v1/sittings/{sitting}/attendance", json={"expert_ids": there, "chair_id": there[0]})

    def opened(self, sitting: str) -> Any:
        return self.chief.post(f"/v1/sittings/{sitting}/ballot")

    def ballot(self, sitting: str, expert: str) -> Any:
        return self.review.client(self.experts[expert]).get(f"/v1/ballots/{sitting}").json

    def vote(self, sitting: str, expert: str, choice: Any, **more: Any) -> Any:
        """choice: one for all, or by application."""
        ballot = self.ballot(sitting, expert)
        offered = [c["application_id"] for c in ballot["candidates"]]
        choices = {one: choice.get(one, "no") if isinstance(choice, dict) else choice for one in offered}
        body = {"round": ballot["round"] or 1, "choices": choices} | more
        return self.review.client(self.experts[expert]).post(f"/v1/ballots/{sitting}", json=body)

    def close(self, sitting: str) -> Any:
        return self.chief.post(f"/v1/sittings/{sitting}/close")

    def results(self, sitting: str) -> list[str]:
        return [c["result"] for c in self.chief.get(f"/v1/sittings/{sitting}").json["candidates"]]

    def sign(self, sitting: str, expert: str) -> Any:
        client = self.review.client(self.experts[expert])
        read = client.get(f"/v1/ballots/{sitting}/minutes").json
        return client.post(f"/v1/ballots/{sitting}/signature", json={"content_hash": read["content_hash"]})


@pytest.fixture
def house(town: Any, review: UnderTest) -> House:
    return House(town, review)


@pytest.mark.req("B-04")
def test_eight_of_twelve_are_through_and_seven_are_not_where_one_of_thirteen_is_recused(house: House) -> None:
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
def test_the_ballot_does_not_open_below_the_quorum(house: House) -> None:
    experts = house.pool(17)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts, attending=12)
    refused = house.opened(sitting)
    assert (refused.status_code, refused.json["code"]) == (409, "quorum_missing")
    assert refused.json["params"] == {"attending": 12, "quorum": 13}


@pytest.mark.req("B-05")
def test_a_member_of_the_applicants_unit_is_not_assigned_and_one_who_sits_has_no_vote_about_them(
    house: House,
) -> None:
    town = house.town
    m, others = house.expert("王五", unit_id=town.unit_id), house.pool(16)
    a = house.candidates(1)[0]
    other = house.candidates(1, unit_id=town.other_unit_id)[0]
    path = "/v1/sittings/{}/members"
    refused = house.chief.post(path.format(house.planned([a])), json={"expert_ids": [m]})
    assert (refused.status_code, refused.json["code"]) == (422, "conflict_same_unit")
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("conflict_same_unit", "expert_ids.0")]

    sitting = house.planned([other])
    house.seated(sitting, [m, *others])
    late = house.candidates(1)[0]
    house.chief.post(f"/v1/sittings/{sitting}/cases", json={"ids": [str(late.application_id)]})
    house.opened(sitting)
    assert [c["reference"] for c in house.ballot(sitting, m)["candidates"]] == [other.reference]
    choices = {str(other.application_id): "yes", str(late.application_id): "yes"}
    body = {"round": 1, "choices": choices}
    voted = house.review.client(house.experts[m]).post(f"/v1/ballots/{sitting}", json=body)
    assert (voted.status_code, voted.json["code"]) == (422, "recused")
    assert [(e["code"], e["path"]) for e in voted.json["errors"]] == [("recused", f"choices.{late.application_id}")]


@pytest.mark.req("B-05")
def test_an_applicant_learns_nowhere_who_sits_or_voted(house: House) -> None:
    applicant = person_actor()
    experts = house.pool(13)
    report = house.candidates(1, unit_id=NOBODY, filler_id=applicant.account_id)[0]
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    for expert in experts:
        house.vote(sitting, expert, "yes")
    house.close(sitting)
    assert house.sign(sitting, experts[0]).status_code == 200

    secrets = [f"专家{n}" for n in range(13)] + experts + [str(a.account_id) for a in house.experts.values()]
    known = {"application_id": report.application_id, "sitting_id": sitting, "committee_id": house.committee}
    client = house.review.client(applicant)
    paths = house.review.client().get("/openapi.json").json["paths"]
    asked = [
        path.format_map({**{name: uuid7() for name in _names(path)}, **known}) for path in paths if "get" in paths[path]
    ]
    answers = [client.get(path) for path in asked]
    assert {a.status_code for a in answers} >= {200, 403, 404}
    text = "".join(a.get_data(as_text=True) for a in answers)
    assert report.reference in text
    assert [secret for secret in secrets if secret in text] == []


def _names(path: str) -> set[str]:
    return {part.strip("{}") for part in path.split("/") if part.startswith("{")}


@pytest.mark.req("B-04")
def test_nothing_that_is_kept_or_told_joins_a_member_and_a_choice(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    experts = house.pool(13)
    reports = house.candidates(2)
    sitting = house.planned(reports)
    house.seated(sitting, experts)
    house.opened(sitting)
    only_yes = {str(reports[0].application_id): "yes", str(reports[1].application_id): "no"}
    house.vote(sitting, experts[3], only_yes)
    again = house.review.client(house.experts[experts[4]]).post(
        f"/v1/ballots/{sitting}",
        json={"round": 1, "choices": only_yes},
        headers={"Idempotency-Key": "a-key-of-the-client"},
    )
    assert (again.status_code, again.json["code"]) == (422, "not_repeatable")
    logged = capsys.readouterr().out
    assert "ballots.vote" in logged
    assert '"yes"' not in logged
    assert experts[3] not in logged

    with house.review.service.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        tables = {name: connection.execute(sa.text(f'select * from "{name}"')).mappings().all() for name in names}  # noqa: S608
    # Whatever holds a choice in the open is the count of all; the slips are sealed and bear no member.
    assert {name for name, rows in tables.items() if "'yes'" in str([[*row.values()] for row in rows])} == set()
    assert [row["voted_round"] for row in tables["sitting_member"] if str(row["expert_id"]) == experts[3]] == [1]
    assert {"account_id", "expert_id"}.isdisjoint(tables["urn"][0])
    assert not [row for row in tables["request_key"] if row["account_id"] == house.experts[experts[4]].account_id]
    with house.review.sessions() as session:
        slips = session.scalar(sa.text("select slips from urn"))
        opened = json.loads(house.review.service.engine.dialect.shenbao_sealer.open(slips))
    assert {one: [choice for _, choice in own] for one, own in opened.items()} == {
        one: [choice] for one, choice in only_yes.items()
    }
    assert experts[3] not in str(opened)


def test_bad_ballots_are_refused_by_name(house: House) -> None:
    experts = house.pool(14)
    reports = house.candidates(2)
    sitting = house.planned(reports)
    house.seated(sitting, experts, attending=13)
    assert house.vote(sitting, experts[0], "yes").json["code"] == "ballot_not_open"
    house.opened(sitting)
    stranger = house.review.client(person_actor())
    assert stranger.get(f"/v1/ballots/{sitting}").status_code == 404
    body = {"round": 1, "choices": {str(uuid7()): "yes", str(reports[0].application_id): "yes"}}
    wrong = house.review.client(house.experts[experts[0]]).post(f"/v1/ballots/{sitting}", json=body)
    assert [e["code"] for e in wrong.json["errors"]] == ["required", "unknown_candidate"]
    assert house.vote(sitting, experts[13], "yes").json["code"] == "not_attending"
    assert house.vote(sitting, experts[0], "yes", round=2).json["code"] == "wrong_round"
    assert house.vote(sitting, experts[0], "yes").status_code == 200
    twice = house.vote(sitting, experts[0], "no")
    assert (twice.status_code, twice.json["code"]) == (409, "already_voted")
    house.close(sitting)
    late = house.vote(sitting, experts[1], "yes")
    assert (late.status_code, late.json["code"]) == (409, "ballot_closed")


def test_of_two_who_close_at_once_one_counts_and_the_other_is_told(house: House) -> None:
    experts = house.pool(13)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts)
    house.opened(sitting)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: house.close(sitting), range(2)))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert [a.json["code"] for a in answers if a.status_code == 409] == ["ballot_closed"]


def test_one_who_votes_twice_at_once_has_one_ballot_in_the_urn(house: House) -> None:
    experts = house.pool(13)
    sitting = house.planned(house.candidates(1))
    house.seated(sitting, experts)
    house.opened(sitting)
    with ThreadPoolExecutor(4) as tries:
        answers = list(tries.map(lambda n: house.vote(sitting, experts[n % 2], "yes"), range(4)))
    assert sorted(a.status_code for a in answers) == [200, 200, 409, 409]
    (candidate,) = house.close(sitting).json["candidates"]
    assert candidate["counts"] == [{"round": 1, "present": 13, "yes": 2, "no": 0, "abstained": 0}]


def test_equal_votes_at_the_last_seat_are_voted_on_once_more(house: House) -> None:
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


def test_members_are_drawn_by_a_lot_that_can_be_drawn_again(house: House) -> None:
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


def test_only_the_chair_signs_what_was_read(house: House) -> None:
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


def test_a_case_that_was_recalled_meanwhile_is_not_decided(house: House) -> None:
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


def test_a_sitting_belongs_to_its_office_and_a_cancelled_one_sets_its_cases_free(house: House) -> None:
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
