"""A unit's own page: basic information, and the change of its supervising department."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationCreatedV1,
    ApplicationDeletedV1,
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
)
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import StepFailedV1
from shenbao_common.contracts.units import SupervisingDepartmentChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest

MINE = "/v1/units/mine"
SUPERVISION = "/v1/units/mine/supervising-department"
Registered = Callable[..., Actor]
Department = Callable[..., UUID]


class Applications:
    """What applications and review tell of one unit's applications."""

    def __init__(self, units: UnderTest, unit: Actor) -> None:
        self._units = units
        self._unit = unit

    def tell(self, event_type: type[Event], application_id: str, **changes: Any) -> None:
        ids = {"application_id": application_id, "unit_id": str(self._unit.unit_id)} | changes
        known = {name: value for name, value in ids.items() if name in event_type.wire_schema().fields}
        self._units.hear(example_event(event_type, **known))

    def reported(self, round: int = 1) -> str:
        application_id = str(uuid7())
        self.tell(ApplicationCreatedV1, application_id)
        self.tell(ApplicationSubmittedV1, application_id, round=round)
        return application_id


def change(units: UnderTest, unit: Actor, department_id: UUID, confirmed: int = 0) -> Any:
    client = units.client(unit)
    tag = client.get(SUPERVISION).headers["ETag"]
    body = {"department_id": str(department_id), "confirmed_count": confirmed}
    return client.put(SUPERVISION, json=body, headers={"If-Match": tag})


def count(units: UnderTest, unit: Actor) -> int:
    shown: int = units.client(unit).get(SUPERVISION).json["reported_count"]
    return shown


@pytest.mark.req("S4g-31")
def test_a_new_contact_telephone_is_shown_on_reload(units: UnderTest, registered: Registered) -> None:
    client = units.client(registered())
    tag = client.get(MINE).headers["ETag"]
    saved = client.patch(MINE, json={"contact_phone": "0571-88888888"}, headers={"If-Match": tag})
    assert saved.status_code == 200
    again = client.get(MINE)
    assert again.json["contact_phone"] == "0571-88888888"
    assert again.json["contact_name"] == "李想"
    assert again.headers["ETag"] == saved.headers["ETag"] != tag


@pytest.mark.req("B-20")
def test_of_two_editors_with_the_same_etag_the_second_is_stale(units: UnderTest, registered: Registered) -> None:
    client = units.client(registered())
    tag = {"If-Match": client.get(MINE).headers["ETag"]}
    first = client.patch(MINE, json={"address": "西湖区一号"}, headers=tag)
    second = client.patch(MINE, json={"address": "上城区二号"}, headers=tag)
    assert (first.status_code, second.status_code, second.json["code"]) == (200, 412, "stale")
    assert client.get(MINE).json["address"] == "西湖区一号"


def test_an_edit_without_if_match_is_refused(units: UnderTest, registered: Registered) -> None:
    client = units.client(registered())
    assert client.patch(MINE, json={"address": "西湖区"}).status_code == 428
    assert client.put(SUPERVISION, json={"department_id": str(uuid7())}).status_code == 428


def test_name_and_code_of_a_unit_cannot_be_edited(units: UnderTest, registered: Registered) -> None:
    client = units.client(registered())
    answer = client.patch(MINE, json={"name": "新名称", "code": "000000027"}, headers={"If-Match": '"1"'})
    assert {(e["code"], e["path"]) for e in answer.json["errors"]} == {
        ("unknown_field", "name"),
        ("unknown_field", "code"),
    }


def test_a_sub_account_reads_its_unit_and_changes_nothing_of_it(units: UnderTest, registered: Registered) -> None:
    unit = registered()
    assert unit.unit_id
    client = units.client(sub_account_actor(unit.unit_id))
    tag = {"If-Match": client.get(MINE).headers["ETag"]}
    assert client.patch(MINE, json={"address": "西湖区"}, headers=tag).status_code == 403
    assert client.get(SUPERVISION).status_code == 403


def test_a_unit_that_is_not_registered_has_no_page(units: UnderTest) -> None:
    assert units.client(unit_actor()).get(MINE).status_code == 404
    assert units.client(office_actor()).get(MINE).status_code == 403
    assert units.client().get(MINE).status_code == 401


@pytest.mark.req("S4g-32")
def test_the_warning_says_4_and_the_change_waits_for_its_confirmation(
    units: UnderTest, registered: Registered, department: Department
) -> None:
    d1, d2 = department("D1"), department("D2")
    unit = registered(d1)
    applications = Applications(units, unit)
    for _ in range(4):
        applications.reported()
    warned = units.client(unit).get(SUPERVISION).json
    assert (warned["reported_count"], warned["warning_code"]) == (4, "reported_will_be_recalled")
    assert warned["department"]["id"] == str(d1)
    for unaware in (0, 3, 5):
        refused = change(units, unit, d2, confirmed=unaware)
        assert (refused.status_code, refused.json["code"]) == (409, "confirmation_required")
        assert refused.json["params"] == {"reported": 4}
    assert units.told(SupervisingDepartmentChangedV1) == []
    changed = change(units, unit, d2, confirmed=4)
    assert (changed.status_code, changed.json["department"]["id"]) == (200, str(d2))
    told = units.told(SupervisingDepartmentChangedV1)
    assert [(e.unit_id, e.from_id, e.to_id, e.revision) for e in told] == [(unit.unit_id, d1, d2, 2)]


@pytest.mark.req("S4g-32")
def test_drafts_and_ended_applications_do_not_count(units: UnderTest, registered: Registered) -> None:
    unit = registered()
    applications = Applications(units, unit)
    applications.tell(ApplicationCreatedV1, str(uuid7()))
    approved, failed, recalled = (applications.reported() for _ in range(3))
    assert count(units, unit) == 3
    applications.tell(ApplicationApprovedV1, approved)
    applications.tell(StepFailedV1, failed, round=1)
    applications.tell(ApplicationRecalledV1, recalled)
    assert count(units, unit) == 0
    applications.tell(ApplicationResubmittedV1, recalled, round=2)
    assert count(units, unit) == 1


@pytest.mark.req("S4g-32")
def test_a_returned_application_counts_and_one_of_another_unit_does_not(
    units: UnderTest, registered: Registered
) -> None:
    unit, other = registered(), registered()
    Applications(units, unit).reported()
    Applications(units, other).reported()
    assert (count(units, unit), count(units, other)) == (1, 1)


def test_reviews_news_of_a_failure_may_come_before_the_report_it_ends(units: UnderTest, registered: Registered) -> None:
    unit = registered()
    applications = Applications(units, unit)
    early = str(uuid7())
    applications.tell(StepFailedV1, early, round=1)
    applications.tell(ApplicationCreatedV1, early)
    applications.tell(ApplicationSubmittedV1, early, round=1)
    assert count(units, unit) == 0


def test_a_deleted_application_is_forgotten(units: UnderTest, registered: Registered) -> None:
    unit = registered()
    applications = Applications(units, unit)
    gone = applications.reported()
    applications.tell(ApplicationDeletedV1, gone)
    assert count(units, unit) == 0


def test_a_unit_without_reports_moves_without_a_warning(
    units: UnderTest, registered: Registered, department: Department
) -> None:
    unit = registered()
    assert units.client(unit).get(SUPERVISION).json["warning_code"] is None
    assert change(units, unit, department("D2")).status_code == 200


def test_a_change_to_nowhere_to_the_same_or_to_a_bureau_is_refused(
    units: UnderTest, registered: Registered, department: Department
) -> None:
    d1 = department("D1")
    unit = registered(d1)
    bureau = units.client(unit).get("/v1/organisations?level=city_hr_bureau").json["items"][0]["id"]
    for target, code in {
        uuid7(): "unknown_department",
        d1: "unchanged",
        bureau: "not_a_supervising_department",
    }.items():
        refused = change(units, unit, target)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)


@pytest.mark.req("S4g-06")
def test_a_unit_cannot_move_where_its_organisation_is_registered_already(
    units: UnderTest, registered: Registered, department: Department
) -> None:
    d1, d2 = department("D1"), department("D2")
    unit = registered(d1)
    registered(d2, code="913300000000000191")
    refused = change(units, unit, d2)
    assert (refused.status_code, refused.json["code"]) == (409, "already_registered")
    assert units.client(unit).get(SUPERVISION).json["department"]["id"] == str(d1)


@pytest.mark.req("S0-06")
def test_a_registered_unit_changes_its_department_later_and_the_record_says_from_where_to_where(
    units: UnderTest, registered: Registered, department: Department
) -> None:
    d1, d2 = department("D1"), department("D2")
    unit = registered(d1)
    client = units.client(unit)
    assert client.get(MINE).json["department"]["name"] == "D1"
    assert change(units, unit, d2).status_code == 200
    assert client.get(MINE).json["department"]["id"] == str(d2)
    (entry,) = client.get(f"{MINE}/history?act=department_changed").json["items"]
    assert (entry["details"], entry["actor_id"]) == ({"from": "D1", "to": "D2"}, str(unit.account_id))


@pytest.mark.req("S1-42")
def test_the_address_is_maintained_and_the_credit_code_stays(units: UnderTest, registered: Registered) -> None:
    client = units.client(registered(code="913300000000000191"))
    shown = client.get(MINE)
    assert shown.json["uscc"] == "913300000000000191"
    tag = {"If-Match": shown.headers["ETag"]}
    assert client.patch(MINE, json={"uscc": "123300000000000271"}, headers=tag).status_code == 422
    saved = client.patch(MINE, json={"address": "西湖区一号"}, headers=tag)
    assert (saved.json["address"], saved.json["uscc"]) == ("西湖区一号", "913300000000000191")
    assert client.get(MINE).json["uscc"] == "913300000000000191"
