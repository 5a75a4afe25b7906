"""A unit takes the name of its latest licence; the history keeps the old name, the new one and the date."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import UnitRenamedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor, sub_account_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.models import RegisterAnswer

NEW = "示例科技集团有限公司"


@pytest.fixture
def rename(units: UnderTest, unit: Actor, register_is: Callable[[str], None]) -> Callable[..., Any]:
    """While the register does not know the unit any more, unless it is asked to."""
    with units.service.sessions.begin() as session:
        session.execute(sa.delete(RegisterAnswer))

    def send(name: str, *, licence: bool = True, known: bool = False) -> Any:
        register_is("recorded" if known else "unknown")
        client = units.client(unit)
        said = {"document_id": str(uuid7()), "purpose": "unit_licence", "account_id": str(unit.account_id)}
        body: dict[str, Any] = {"name": name}
        if licence:
            body["certificate_receipt"] = units.slip("documents", "shenbao-receipt+jwt", said)
        tag = {"If-Match": client.get("/v1/units/mine").headers["ETag"]}
        return client.put("/v1/units/mine/name", json=body, headers=tag)

    return send


def problems(answer: Any) -> set[tuple[str, str]]:
    return {(e["code"], e["path"]) for e in answer.json["errors"]}


@pytest.mark.req("S4b-09")
def test_the_rename_history_has_old_name_new_name_and_date(
    units: UnderTest, unit: Actor, rename: Callable[..., Any]
) -> None:
    before = clock.now()
    renamed = rename(NEW)
    assert (renamed.status_code, renamed.json["name"], renamed.json["verified"]) == (200, NEW, "scan")
    (entry,) = units.client(unit).get("/v1/units/mine/history?act=renamed").json["items"]
    assert entry["details"] == {"from": "示例科技有限公司", "to": NEW}
    assert entry["at"] >= before.isoformat()[:19]
    assert [(e.unit_id, e.name, e.revision) for e in units.told(UnitRenamedV1)] == [(unit.unit_id, NEW, 2)]
    found = units.client(person_actor()).get("/v1/units", query_string={"q": "科技集团"}).json["items"]
    assert [one["name"] for one in found] == [NEW]


def test_the_name_is_the_registers_or_is_proved_by_the_licence(rename: Callable[..., Any]) -> None:
    assert problems(rename(NEW, licence=False)) == {("required", "certificate_receipt")}
    assert problems(rename("示例科技有限公司")) == {("unchanged", "name")}
    assert problems(rename(NEW, known=True)) == {("not_the_registered_name", "name")}


def test_a_sub_account_does_not_rename_the_unit(units: UnderTest, unit: Actor) -> None:
    assert (
        units.client(sub_account_actor(unit.unit_id)).put("/v1/units/mine/name", json={"name": NEW}).status_code == 403
    )
