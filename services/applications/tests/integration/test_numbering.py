"""Applicants of a plan are numbered once and for all, counted, and listed in a roster."""

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import count_queries

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int) -> str:
    digits = f"33000019800101{serial:03}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.json
    body = answer.json["sheet"].split(".")[1]
    found: list[list[str]] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["rows"]
    return found


class Plan:
    """A project of D1, with applicants whom D1 received."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.unit = house.unit()
        self.id = house.project()
        self.office = house.service.client(house.d1)
        self.serial = 0

    def applicants(self, many: int) -> list[str]:
        references = []
        for _ in range(many):
            self.serial += 1
            sent = self.house.reported(self.unit, self.id, id_number(self.serial))
            self.house.opened(sent, self.house.d1, "department_review")
            references.append(sent["reference"])
        return references

    def number(self) -> Any:
        return self.office.post(f"/v1/projects/{self.id}/numbering")

    def roster(self) -> list[list[str]]:
        return rows(self.office.get(f"/v1/projects/{self.id}/roster-sheet"))


@pytest.fixture
def plan(house: Any) -> Plan:
    return Plan(house)


@pytest.mark.req("S4k-05")
def test_forty_applicants_are_numbered_1_to_40_once_and_for_all_and_the_roster_has_40_rows(plan: Plan) -> None:
    references = plan.applicants(40)
    draft = plan.house.ready(plan.unit, plan.id, id_number(99))
    assert plan.number().json == {"numbered": 40}
    first = plan.roster()
    assert [row[0] for row in first] == [str(n) for n in range(1, 41)]
    assert [row[1] for row in first] == references
    assert draft["reference"] not in [row[1] for row in first]

    assert plan.number().json == {"numbered": 40}
    assert plan.roster() == first
    later = plan.applicants(2)
    assert plan.number().json == {"numbered": 42}
    assert plan.roster()[:40] == first
    assert [row[:2] for row in plan.roster()[40:]] == [["41", later[0]], ["42", later[1]]]

    statistics = plan.office.get(f"/v1/projects/{plan.id}/statistics").json
    assert (statistics["numbered"], statistics["tabs"]["in_review"]) == (42, 42)


def test_each_plan_counts_from_one(house: Any, plan: Plan) -> None:
    other = Plan(house)
    plan.applicants(2)
    other.applicants(1)
    assert plan.number().json == {"numbered": 2}
    assert other.number().json == {"numbered": 1}
    assert [row[0] for row in other.roster()] == ["1"]


def test_only_the_publishing_office_and_those_above_it_number_a_plan(house: Any, plan: Plan) -> None:
    plan.applicants(1)
    path = f"/v1/projects/{plan.id}"
    for stranger in (house.d2, office_actor()):
        client = house.service.client(stranger)
        assert client.post(f"{path}/numbering").status_code == 404
        assert client.get(f"{path}/statistics").status_code == 404
        assert client.get(f"{path}/roster-sheet").status_code == 404
    for nobody in (plan.unit, person_actor()):
        assert house.service.client(nobody).post(f"{path}/numbering").status_code in (403, 404)
    assert house.service.client(house.bureau).post(f"{path}/numbering").json == {"numbered": 1}
    assert rows(house.service.client(house.bureau).get(f"{path}/roster-sheet")) == []


_COPIES = sa.text(
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT gen_random_uuid(), 'copy-' || n, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at"
    " FROM application, generate_series(2, 2100) AS n WHERE reference = :first"
)
_RECEIVED = sa.text(
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), a.id, s.step_key, 1, s.organisation_id, '', s.state"
    " FROM application AS a, step AS s WHERE a.reference LIKE 'copy-%'"
)


def test_a_roster_of_more_than_one_sheet_comes_in_parts_with_every_number_once(plan: Plan) -> None:
    (first,) = plan.applicants(1)
    with plan.house.service.service.engine.begin() as connection:
        connection.execute(_COPIES, {"first": first})
        connection.execute(_RECEIVED)
    assert plan.number().json == {"numbered": 2100}
    path = f"/v1/projects/{plan.id}"
    whole = plan.office.get(f"{path}/roster-sheet")
    assert (whole.status_code, whole.json["errors"][0]["code"]) == (422, "too_many")
    with count_queries(plan.house.service) as sent:
        part = plan.office.get(f"{path}/roster-parts")
    assert len(sent) <= 12, "what belongs to the rows comes for many at a time"
    last = plan.office.get(f"{path}/roster-parts", query_string={"after": part.json["next"]})
    assert last.json["next"] is None
    parts = [rows(part), rows(last)]
    assert [len(found) for found in parts] == [2000, 100]
    assert [row[0] for found in parts for row in found] == [str(n) for n in range(1, 2101)]
    assert len({row[1] for found in parts for row in found}) == 2100

    wrong = plan.office.get(f"{path}/roster-parts", query_string={"after": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "invalid_cursor")
    stranger = plan.house.service.client(plan.house.d2)
    assert stranger.get(f"{path}/roster-parts").status_code == 404
    assert rows(plan.house.service.client(plan.house.bureau).get(f"{path}/roster-parts")) == []
