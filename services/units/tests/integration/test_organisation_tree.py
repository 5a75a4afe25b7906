"""Administrators of organisations: one level at a time, seeing only downwards, cancelling only what is empty."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import OrganisationCancelledV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.api.organisations import CODE_DIGITS

PATH = "/v1/organisations"
Made = dict[str, Any]


def create(units: UnderTest, who: Actor, **body: Any) -> Any:
    return units.client(who).post(PATH, json=body)


def administrator(organisation: Made) -> Actor:
    return office_actor(UUID(organisation["id"]), "organisation.manage")


@pytest.fixture
def o1(units: UnderTest) -> Made:
    """A city office."""
    made: Made = create(units, admin_actor(), code="3301", name="市人社局", level="city_hr_bureau").json
    return made


@pytest.fixture
def o2(units: UnderTest, o1: Made) -> Made:
    return below(units, o1, "3301JY", "市教育局")


def below(units: UnderTest, parent: Made, code: str, name: str, level: str = "first_level_department") -> Made:
    answer = create(units, administrator(parent), code=code, name=name, level=level, parent_id=parent["id"])
    assert answer.status_code == 201, answer.json
    made: Made = answer.json
    return made


def cancel(units: UnderTest, who: Actor, organisation: Made) -> Any:
    return units.client(who).delete(f"{PATH}/{organisation['id']}")


def staff(units: UnderTest, organisation: Made, account_id: UUID, revision: int, state: str) -> None:
    units.hear(
        AccountChangedV1(
            account_id=account_id,
            revision=revision,
            kind="office",
            state=state,
            organisation_id=UUID(organisation["id"]),
        )
    )


@pytest.mark.req("S4i-02")
def test_an_administrator_creates_children_and_the_childs_administrator_grandchildren(
    units: UnderTest, o1: Made, o2: Made
) -> None:
    assert o2["parent_id"] == o1["id"]
    school = {"code": "3301JY1", "name": "第一中学", "level": "department", "parent_id": o2["id"]}
    refused = create(units, administrator(o1), **school)
    assert (refused.status_code, refused.json["code"]) == (403, "not_own_organisation")
    assert create(units, administrator(o2), **school).status_code == 201


def test_an_administrator_creates_nothing_at_the_top_and_an_officer_without_the_tick_nothing_at_all(
    units: UnderTest, o1: Made
) -> None:
    top = {"code": "33", "name": "省厅", "level": "province"}
    assert create(units, administrator(o1), **top).status_code == 403
    child = {"code": "3301X", "name": "某局", "level": "first_level_department", "parent_id": o1["id"]}
    assert create(units, office_actor(UUID(o1["id"]), "review.decide"), **child).status_code == 403


@pytest.mark.req("S4i-03")
def test_an_administrator_sees_the_own_organisation_downwards_and_nothing_beside_or_above(
    units: UnderTest, o1: Made, o2: Made
) -> None:
    o3 = below(units, o1, "3301WS", "市卫健委")
    school = below(units, o2, "3301JY1", "第一中学", "department")
    reader = units.client(administrator(o2))
    assert [o["name"] for o in reader.get(PATH).json["items"]] == ["市教育局", "第一中学"]
    assert reader.get(f"{PATH}/{school['id']}").status_code == 200
    for hidden in (o1, o3):
        assert reader.get(f"{PATH}/{hidden['id']}").status_code == 404
        assert reader.get(PATH, query_string={"parent_id": hidden["id"]}).json["items"] in ([], [o2])
    assert len(units.client(admin_actor()).get(PATH).json["items"]) == 4


@pytest.mark.req("S4i-05")
def test_an_organisation_is_cancelled_only_when_nothing_remains_and_its_code_is_not_reused(
    units: UnderTest, o1: Made, o2: Made
) -> None:
    school = below(units, o2, "3301JY1", "第一中学", "department")
    officer = uuid7()
    staff(units, o2, officer, 1, "active")
    refused = cancel(units, administrator(o1), o2)
    assert (refused.status_code, refused.json["code"]) == (409, "organisation_not_empty")
    assert refused.json["params"] == {"children": 1, "staff": 1, "units": 0}

    assert cancel(units, administrator(o2), school).status_code == 204
    assert cancel(units, administrator(o1), o2).json["params"] == {"children": 0, "staff": 1, "units": 0}
    staff(units, o2, officer, 2, "disabled")
    staff(units, o2, officer, 1, "active")  # Late news of before.
    assert cancel(units, administrator(o1), o2).status_code == 204

    assert units.client(admin_actor()).get(f"{PATH}/{o2['id']}").status_code == 404
    assert [o["name"] for o in units.client(admin_actor()).get(PATH).json["items"]] == ["市人社局"]
    assert units.client().get("/v1/departments").json["items"] == []
    again = {"code": o2["code"], "name": "新局", "level": "first_level_department", "parent_id": o1["id"]}
    assert create(units, administrator(o1), **again).json["code"] == "organisation_code_taken"
    cancelled = [str(e.organisation_id) for e in units.told(OrganisationCancelledV1)]
    assert cancelled == [school["id"], o2["id"]]


def test_with_an_employer_under_it_a_department_stays(
    units: UnderTest, department: Callable[..., UUID], registered: Callable[..., Actor]
) -> None:
    d1 = department("D1")
    registered(d1)
    refused = cancel(units, admin_actor(), {"id": str(d1)})
    assert (refused.json["code"], refused.json["params"]["units"]) == ("organisation_not_empty", 1)


def test_under_a_cancelled_organisation_nothing_can_stand(units: UnderTest, o1: Made, o2: Made) -> None:
    cancel(units, administrator(o1), o2)
    school = {"code": "3301JY1", "name": "第一中学", "level": "department", "parent_id": o2["id"]}
    refused = create(units, admin_actor(), **school)
    assert refused.json["errors"][0]["code"] == "unknown_organisation"


def test_strangers_cancel_nothing(units: UnderTest, o1: Made, o2: Made) -> None:
    o3 = below(units, o1, "3301WS", "市卫健委")
    assert cancel(units, administrator(o3), o2).status_code == 404
    assert cancel(units, administrator(o2), o2).status_code == 403
    assert cancel(units, office_actor(UUID(o1["id"]), "review.decide"), o2).status_code == 403
    assert cancel(units, unit_actor(), o2).status_code == 403


@pytest.fixture
def by_rule(units: UnderTest) -> Iterator[None]:
    """The coding rule: the parent's code and three digits."""
    units.app.extensions[CODE_DIGITS] = 3
    yield
    units.app.extensions[CODE_DIGITS] = 0


@pytest.mark.req("S4a-01")
@pytest.mark.usefixtures("by_rule")
def test_the_coding_rule_gives_the_next_code_and_refuses_another(units: UnderTest) -> None:
    city = create(units, admin_actor(), code="330", name="市人社局", level="city_hr_bureau").json
    d1 = below(units, city, "330001", "D1")
    codes = [
        create(units, administrator(d1), name=name, level="department", parent_id=d1["id"]).json["code"]
        for name in ("甲单位", "乙单位")
    ]
    assert codes == ["330001001", "330001002"]
    other = {"code": "330002003", "name": "丙单位", "level": "department", "parent_id": d1["id"]}
    refused = create(units, administrator(d1), **other)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "breaks_coding_rule")


def test_without_a_rule_a_code_is_needed(units: UnderTest, o1: Made) -> None:
    child = {"name": "某局", "level": "first_level_department", "parent_id": o1["id"]}
    refused = create(units, administrator(o1), **child)
    assert [(e["path"], e["code"]) for e in refused.json["errors"]] == [("code", "required")]
