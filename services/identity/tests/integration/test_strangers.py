"""Every route that takes an id, asked with a true one by those whom it does not concern; and what lists tell them."""

from collections.abc import Callable
from typing import Any

import pytest
from webauthn.helpers import bytes_to_base64url

from shenbao_common.contracts.units import OrganisationCreatedV1, SupervisingDepartmentChangedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import (
    office_actor,
    person_actor,
    registrant_actor,
    service_actor,
    sub_account_actor,
)
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.strangers import routes, said, try_all
from shenbao_identity.models import Account, SecurityKey

EVERYBODYS = {"PUT /v1/me/modules/{client_id}", "DELETE /v1/me/modules/{client_id}", "changed"}
"""A person puts any connected system among the own ones, and takes it away."""
Ids = dict[str, str]


def found(identity: UnderTest, code: str, parent: Any = None, level: str = "city_hr_bureau") -> Any:
    """An organisation, as units tells of it."""
    event = OrganisationCreatedV1(organisation_id=uuid7(), code=code, name=code, level=level, parent_id=parent)
    identity.hear(event)
    return event.organisation_id


def exists(identity: UnderTest, who: Actor) -> Actor:
    with identity.service.sessions.begin() as session:
        account = Account(id=who.account_id, kind=who.kind, permissions=[*who.permissions], revision=0)
        account.unit_id, account.organisation_id, account.created_at = who.unit_id, who.organisation_id, clock.now()
        session.add(account)
    return who


@pytest.fixture
def strangers(identity: UnderTest, unit: Callable[..., Actor]) -> dict[str, Actor]:
    """Other bureaus of the same level have all that may be ticked."""
    bureau = found(identity, "330200000000")
    department = found(identity, "330200000001", bureau, "first_level_department")
    other = unit("unitB1")
    others = {
        "a sub-account of another unit": sub_account_actor(other.unit_id or uuid7()),
        "another person": person_actor(),
        "one who registers": registrant_actor(),
        "the bureau of another city": office_actor(bureau),
        "a department of another city": office_actor(department),
        "a system": service_actor(),
    }
    return {name: exists(identity, who) for name, who in others.items()} | {"another unit": other}


@pytest.fixture
def people(
    identity: UnderTest, admin: Actor, unit: Callable[..., Actor], sub_account: Any, person: Any, browser: Any
) -> dict[str, str]:
    """Accounts of every kind, of one city."""
    city = found(identity, "330100000000")
    mine = unit("unitA1")
    office = {"username": "bureau1", "kind": "office", "display_name": "窗口", "permissions": ["review.decide"]}
    officer = identity.client(admin).post("/v1/accounts", json=office | {"organisation_id": str(city)})
    assert officer.status_code == 201, officer.json
    return {
        "a unit": str(mine.account_id),
        "a sub-account": sub_account(mine, "unitA1li")["account_id"],
        "a person": person(),
        "an officer": officer.json["account_id"],
        "an administrator": str(admin.account_id),
        "organisation": str(city),
    }


@pytest.fixture
def things(identity: UnderTest, admin: Actor, browser: Any, people: dict[str, str]) -> Ids:
    """A connected system; a face session, a session and a security key of a person."""
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    face = browser.call("POST", "/v1/me/face-sessions", token, json={"purpose": "shared_data"}).json["id"]
    (session,) = browser.call("GET", "/v1/me/sessions", token).json["items"]
    system = {"client_id": "talent-introduction", "label_zh": "人才引进", "label_en": "Talent introduction"}
    more = {"redirect_uris": ["https://talent.example/back"], "start_url": "https://talent.example/"}
    assert identity.client(admin).post("/v1/clients", json=system | more).status_code == 201
    key = {"public_key": b"k", "sign_count": 0, "name": "钥匙", "created_at": clock.now()}
    with identity.service.sessions.begin() as held:
        held.add(SecurityKey(credential_id=b"credential", account_id=people["a person"], **key))
    return {
        "face_id": face,
        "other_id": session["id"],
        "client_id": system["client_id"],
        "key_id": bytes_to_base64url(b"credential"),
        "organisation_id": people["organisation"],
    }


@pytest.mark.parametrize("whose", ["a unit", "a sub-account", "a person", "an officer", "an administrator"])
def test_the_true_id_of_an_account_opens_nothing_to_those_whom_it_does_not_concern(
    identity: UnderTest, people: dict[str, str], strangers: dict[str, Actor], whose: str
) -> None:
    assert try_all(identity, {"account_id": people[whose]}, strangers, {}).opened == []


def test_a_true_id_of_anything_else_opens_nothing_either(
    identity: UnderTest, things: Ids, strangers: dict[str, Actor]
) -> None:
    own = {name: value for name, value in things.items() if name != "client_id"}
    assert try_all(identity, own, strangers, {}).opened == []
    opened = try_all(identity, {"client_id": things["client_id"]}, strangers, {}).opened
    assert {line.split(":")[0] for line in opened} <= EVERYBODYS
    assert [route for route, names in routes(identity) if not names <= things.keys() | {"account_id"}] == []


def test_no_list_tells_a_stranger_of_it(
    identity: UnderTest, people: dict[str, str], things: Ids, strangers: dict[str, Actor]
) -> None:
    """Which systems are connected is known to all."""
    of_others = {name: value for name, value in (people | things).items() if name != "client_id"}
    assert said(identity, of_others, strangers, {}) == []


def test_a_unit_that_moves_to_another_city_is_that_citys_to_reset(
    identity: UnderTest, unit: Callable[..., Actor]
) -> None:
    cities = [found(identity, code) for code in ("330100000000", "330200000000")]
    first, second = (exists(identity, office_actor(city, "staff.manage")) for city in cities)
    mine = unit("unitA1", department_id=cities[0])

    def moved(revision: int, *, to: Any) -> list[int]:
        event = {"unit_id": mine.unit_id, "from_id": uuid7(), "to_id": to, "revision": revision}
        identity.hear(SupervisingDepartmentChangedV1(**event))
        path = f"/v1/accounts/{mine.account_id}/password-reset"
        return [identity.client(who).post(path).status_code for who in (first, second)]

    assert moved(2, to=cities[1]) == [404, 200]
    assert moved(1, to=cities[0]) == [404, 200], "what is heard late changes nothing"
