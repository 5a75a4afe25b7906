"""Staff of a unit: linked from identity's slip, disabled, enabled, removed; the last one with a warning."""

from collections.abc import Callable
from typing import Any

import pytest

from shenbao_common.contracts.units import StaffChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest


@pytest.fixture
def slip(units: UnderTest, unit: Actor) -> Callable[..., str]:
    """What identity signs for a unit that has looked B up by number."""
    account_id = uuid7()

    def sign(**changes: Any) -> str:
        said = {"account_id": account_id, "unit_id": unit.unit_id, "name": "李四", "id_number": "3*****6"} | changes
        return units.slip("identity", "shenbao-staff+jwt", {name: str(value) for name, value in said.items()})

    return sign


def turn(units: UnderTest, unit: Actor, method: str, link: dict[str, Any], path: str = "", **body: Any) -> Any:
    tag = {"If-Match": f'"{link["version"]}"'}
    target = f"/v1/staff/{link['id']}{path}"
    return units.client(unit).open(target, method=method, json=body or None, headers=tag)


@pytest.mark.req("S4b-05")
def test_a_looked_up_person_is_linked_once(units: UnderTest, unit: Actor, slip: Callable[..., str]) -> None:
    client = units.client(unit)
    assert client.get("/v1/staff").json == {"items": [], "warning_code": "no_recovery_without_staff"}
    made = client.post("/v1/staff", json={"person": slip()})
    assert (made.status_code, made.json["name"], made.json["id_number"]) == (201, "李四", "3*****6")
    again = client.post("/v1/staff", json={"person": slip()})
    assert (again.status_code, again.json["code"]) == (409, "already_linked")
    listed = client.get("/v1/staff").json
    assert ([one["name"] for one in listed["items"]], listed["warning_code"]) == (["李四"], None)
    for wrong in (slip(unit_id=uuid7()), slip(account_id="nobody"), "forged"):
        refused = client.post("/v1/staff", json={"person": wrong})
        assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {("person_invalid", "person")}


@pytest.mark.req("S4b-06")
def test_staff_is_disabled_enabled_and_the_last_one_removed_after_the_warning(
    units: UnderTest, unit: Actor, slip: Callable[..., str]
) -> None:
    client = units.client(unit)
    link = client.post("/v1/staff", json={"person": slip()}).json
    link = turn(units, unit, "PUT", link, "/state", state="disabled").json
    assert link["state"] == "disabled"
    assert client.get("/v1/staff").json["warning_code"] == "no_recovery_without_staff"
    link = turn(units, unit, "PUT", link, "/state", state="enabled").json

    warned = turn(units, unit, "DELETE", link)
    assert (warned.status_code, warned.json["code"]) == (409, "no_recovery_without_staff")
    assert len(client.get("/v1/staff").json["items"]) == 1
    assert turn(units, unit, "DELETE", link, "?confirmed=true").status_code == 204
    assert client.get("/v1/staff").json["items"] == []
    told = [(e.state, e.revision) for e in units.told(StaffChangedV1)]
    assert told == [("enabled", 1), ("disabled", 2), ("enabled", 3), ("removed", 4)]
    assert client.post("/v1/staff", json={"person": slip()}).status_code == 201


def test_staff_of_another_unit_does_not_exist(units: UnderTest, unit: Actor, slip: Callable[..., str]) -> None:
    link = units.client(unit).post("/v1/staff", json={"person": slip()}).json
    stranger = unit_actor()
    assert units.client(stranger).get("/v1/staff").json["items"] == []
    assert turn(units, stranger, "PUT", link, "/state", state="disabled").status_code == 404
    assert turn(units, stranger, "DELETE", link, "?confirmed=true").status_code == 404
    assert units.client(sub_account_actor(unit.unit_id)).get("/v1/staff").status_code == 403
    stale = units.client(unit).put(f"/v1/staff/{link['id']}/state", json={"state": "disabled"})
    assert stale.status_code == 428
