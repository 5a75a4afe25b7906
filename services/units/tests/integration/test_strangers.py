"""Every route that takes an id, asked with a true one by those whom it does not concern; and what lists tell them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import (
    admin_actor,
    office_actor,
    person_actor,
    registrant_actor,
    service_actor,
    sub_account_actor,
)
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.strangers import routes, said, try_all

EVERYBODYS = "GET /v1/organisations/{organisation_id}"
"""Whoever has signed in reads of every organisation what it is called."""
Ids = dict[str, Any]


class Town:
    """D1 and D2 under one bureau that demands letters, and a unit under each."""

    def __init__(self, units: UnderTest, ticket: Any, department: Callable[..., UUID], registered: Any) -> None:
        self.units, self.ticket = units, ticket
        bureau = {"code": "330100", "name": "示例市人社局", "level": "city_hr_bureau", "demands_letter": True}
        self.bureau = UUID(self.made(admin_actor(), "POST", "/v1/organisations", bureau)["id"])
        self.d1, self.d2 = (department(name, parent=self.bureau) for name in ("D1", "D2"))
        self.unit: Actor = registered(self.d1)
        self.other: Actor = registered(self.d2)

    def made(self, who: Actor | None, method: str, path: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        answer = self.units.client(who).open(path, method=method, json=body, **options)
        assert answer.status_code in {200, 201}, answer.json
        return dict(answer.json)

    def slip(self, issuer: str, kind: str, **claims: Any) -> str:
        return self.units.slip(issuer, kind, {name: str(value) for name, value in claims.items()})

    def strangers(self) -> dict[str, Actor]:
        return {
            "another unit": self.other,
            "a sub-account of another unit": sub_account_actor(self.other.unit_id or uuid7()),
            "another person": person_actor(),
            "another who registers": registrant_actor(),
            "a department beside it": office_actor(self.d2),
            "an office of another branch": office_actor(),
            "a system": service_actor(),
        }


@pytest.fixture
def town(units: UnderTest, ticket: Any, department: Callable[..., UUID], registered: Any) -> Town:
    return Town(units, ticket, department, registered)


def of_a_unit(town: Town) -> Ids:
    """A sub-account, somebody of its staff and a person bound to it, where the bureau has its letter."""
    unit, person, staff = town.unit, person_actor(), uuid7()
    waiting = letter(town)
    tag = {"If-Match": f'"{waiting["version"]}"'}
    bureau = office_actor(town.bureau)
    town.made(bureau, "PUT", f"/v1/letters/{waiting['id']}/decision", {"state": "approved"}, headers=tag)
    sub = {"kind": "sub_account", "unit_id": unit.unit_id, "username": "unitA1zhangsan"}
    body = {"ticket": town.ticket(**sub), "display_name": "张三", "permissions": ["application.fill"]}
    account = town.made(unit, "POST", "/v1/sub-accounts", body)
    slip = {"account_id": staff, "unit_id": unit.unit_id, "name": "李四", "id_number": "3*****6"}
    link = town.made(unit, "POST", "/v1/staff", {"person": town.slip("identity", "shenbao-staff+jwt", **slip)})
    slip = {"account_id": person.account_id, "name": "张三", "id_number": "3*****4"}
    said_by = {"person": town.slip("identity", "shenbao-person+jwt", **slip), "note": "本单位在职"}
    binding = town.made(person, "POST", "/v1/bindings", said_by | {"unit_id": str(unit.unit_id)})
    return {
        "account_id": account["id"],
        "link_id": link["id"],
        "binding_id": binding["id"],
        "organisation_id": town.d1,
    }


def of_an_office(town: Town) -> Ids:
    """A unit of its directory, a letter, somebody who asks to act for a unit, a unit without a code that registers."""
    entry = {"code": "000000027", "name": "示例股份有限公司", "department_id": str(town.d1)}
    known = town.made(office_actor(town.d1), "POST", "/v1/directory", entry)
    asks = {"code": "000000019", "department_id": str(town.d1), "name": "赵六", "mobile": "13900000000"}
    request = town.made(None, "POST", "/v1/officer-requests", asks | {"ticket": town.ticket(), "letter_receipt": None})
    ids = {"unit_id": known["id"], "request_id": request["id"], "case_id": registering(town)}
    return ids | {"letter_id": letter(town)["id"]}


def letter(town: Town) -> dict[str, Any]:
    unit, bureau = town.unit, office_actor(town.bureau)
    scan = {"document_id": uuid7(), "purpose": "authorization_letter", "account_id": unit.account_id}
    sealed = {"affiliation_id": str(town.bureau), "receipt": town.slip("documents", "shenbao-receipt+jwt", **scan)}
    tag = {"If-Match": town.units.client(unit).get("/v1/units/mine/letter").headers["ETag"]}
    town.made(unit, "PUT", "/v1/units/mine/letter", sealed, headers=tag)
    (waiting,) = town.units.client(bureau).get("/v1/letters").json["items"]
    return dict(waiting)


def registering(town: Town) -> str:
    who = registrant_actor()
    agent = {"name": "张三", "id_number": "3*****4", "ethnicity": "汉族", "sex": "女", "mobile": "13800000000"}
    scan = {"document_id": uuid7(), "purpose": "unit_certificate", "account_id": who.account_id}
    whole = {
        "agent": town.slip("identity", "shenbao-agent+jwt", account_id=who.account_id, **agent),
        "can_provide": False,
        "no_code_confirmed": True,
        "department_id": str(town.d1),
        "unit_name": "示例街道筹备组",
        "certificate_receipt": town.slip("documents", "shenbao-receipt+jwt", **scan),
        "agreement_version": "2026-01",
    }
    town.made(who, "PUT", "/v1/registration-cases/mine", whole)
    signed = {"ticket": town.ticket(account_id=who.account_id, username="unitX1")}
    town.made(who, "POST", "/v1/registration-cases/mine/submission", signed)
    (case,) = town.units.client(office_actor(town.bureau)).get("/v1/registration-cases").json["items"]
    return str(case["id"])


MADE: dict[Callable[[Town], Ids], set[str]] = {
    of_a_unit: {"account_id", "link_id", "binding_id", "organisation_id"},
    of_an_office: {"unit_id", "request_id", "case_id", "letter_id"},
}


@pytest.mark.parametrize("made", MADE)
def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(town: Town, made: Callable[[Town], Ids]) -> None:
    ids = {name: str(value) for name, value in made(town).items()}
    assert ids.keys() == MADE[made]
    tried = try_all(town.units, ids, town.strangers(), {})
    assert [line for line in tried.opened if not line.startswith(EVERYBODYS)] == []


@pytest.mark.parametrize("made", MADE)
def test_no_list_tells_a_stranger_of_it(town: Town, made: Callable[[Town], Ids]) -> None:
    ids = {name: str(value) for name, value in made(town).items() if name != "organisation_id"}
    ids["its account"] = str(town.unit.account_id)
    assert said(town.units, ids, town.strangers(), {"GET /v1/units": "q=示例"}) == []


def test_every_route_that_takes_an_id_is_among_those_that_are_tried(units: UnderTest) -> None:
    assert [route for route, names in routes(units) if not any(names <= ids for ids in MADE.values())] == []
