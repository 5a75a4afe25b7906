"""A unit looks up a person to link as staff, and gets back to a forgotten password by one of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shenbao_common.contracts.units import StaffChangedV1, UnitRenamedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.timing import tell_apart
from shenbao_identity.actions import cleaning
from shenbao_identity.settings import Policy

NUMBER = "330000198506150026"
CODE = "913300000000000191"
U1 = {"unit_name": "示例科技有限公司", "credit_code": CODE}
NEW = "Xi-Hu-2026x"


@pytest.fixture
def b(person: Callable[..., str]) -> UUID:
    return UUID(person(name="李四", id_number=NUMBER))


@pytest.fixture
def u1(unit: Callable[..., Actor]) -> Actor:
    return unit(credit_code=CODE)


@pytest.fixture
def linked(identity: UnderTest, b: UUID, u1: Actor) -> Callable[..., UUID]:
    """U1 has B as staff, as units tells it."""
    link_id = uuid7()

    def say(state: str = "enabled", revision: int = 1) -> UUID:
        assert u1.unit_id
        identity.hear(StaffChangedV1(link_id=link_id, unit_id=u1.unit_id, account_id=b, state=state, revision=revision))
        return link_id

    return say


@pytest.fixture
def recover(browser: Any) -> Callable[..., Any]:
    def send(link_id: UUID, address: str = "127.0.0.1", **changes: Any) -> Any:
        body = U1 | {"staff_id": str(link_id), "id_number": NUMBER, "new_password": NEW} | changes
        return browser.http.post("/v1/unit-recoveries", json=body, environ_overrides={"REMOTE_ADDR": address})

    return send


def staff(browser: Any, **changes: Any) -> Any:
    return browser.http.post("/v1/unit-recoveries/staff", json=U1 | browser.image() | changes)


@pytest.mark.req("S4b-05")
def test_a_unit_finds_a_registered_person_by_number_and_nobody_else(identity: UnderTest, u1: Actor, b: UUID) -> None:
    found = identity.client(u1).post("/v1/staff-lookups", json={"id_number": NUMBER})
    assert (found.status_code, found.json["name"]) == (200, "李四")
    assert found.json["slip"]
    unknown = identity.client(u1).post("/v1/staff-lookups", json={"id_number": "330000199001010014"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "person_not_registered")
    holder = Actor(account_id=b, kind=Kind.PERSON, revision=1)
    assert identity.client(holder).post("/v1/staff-lookups", json={"id_number": NUMBER}).status_code == 403
    assert identity.client().post("/v1/staff-lookups", json={"id_number": NUMBER}).status_code == 401


@pytest.mark.req("S4b-07")
def test_name_code_and_number_of_its_staff_give_a_unit_a_new_password(
    browser: Any, linked: Callable[..., UUID], recover: Callable[..., Any]
) -> None:
    link_id = linked()
    assert staff(browser).json["items"] == [{"id": str(link_id), "name": "*四"}]
    before = browser.sign_in("unitA1")
    done = recover(link_id)
    assert (done.status_code, done.json) == (200, {"username": "unitA1"})
    assert browser.refresh(before["refresh_token"]).status_code == 400
    assert browser.sign_in("unitA1", NEW)["access_token"]
    assert browser.enter(browser.challenge(), "unitA1", "Hang-Zhou7x").json["code"] == "sign_in_refused"


@pytest.mark.req("S4b-07")
def test_whatever_is_wrong_one_answer_is_given_and_five_failures_close_recovery_for_the_configured_time(
    identity: UnderTest, browser: Any, linked: Callable[..., UUID], recover: Callable[..., Any], configured: Any
) -> None:
    configured(policy=Policy(second_factor=(), recovery_lock_minutes=90))
    link_id = linked()
    wrong = ({"unit_name": "另一家公司"}, {"id_number": "330000199001010014"}, {"staff_id": str(uuid4())})
    answers = [recover(link_id, **changes) for changes in wrong]
    answers.append(recover(link_id, credit_code="913300000000000272"))
    assert {(one.status_code, one.json["code"]) for one in answers} == {(422, "recovery_refused")}
    assert len({str(one.json.get("title")) + str(one.json.get("detail")) for one in answers}) == 1
    assert staff(browser, unit_name="另一家公司").json["code"] == "recovery_refused"
    assert recover(link_id, unit_name="另一家公司").json["code"] == "recovery_refused"

    locked = recover(link_id)
    assert (locked.status_code, locked.json["code"]) == (429, "recovery_locked")
    assert 80 * 60 < int(locked.headers["Retry-After"]) <= 90 * 60 + 1
    assert staff(browser).json["code"] == "recovery_locked"
    with identity.service.sessions.begin() as session:
        cleaning.clean(session, now=clock.now() + timedelta(minutes=60))
    assert recover(link_id).status_code == 429


def test_who_guesses_from_elsewhere_does_not_close_recovery_to_the_owner(
    linked: Callable[..., UUID], recover: Callable[..., Any]
) -> None:
    link_id, wrong = linked(), {"id_number": "330000199001010014"}
    for number in range(5):  # one line at home has 2^64 addresses
        assert recover(link_id, f"2001:db8:0:7::{number}", **wrong).status_code == 422
    closed = recover(link_id, "2001:db8:0:7:ffff::1", **wrong)
    assert (closed.status_code, closed.json["code"]) == (429, "recovery_locked")
    assert recover(link_id, "2001:db8:0:8::1").status_code == 200


def test_many_who_guess_together_have_fifty_tries_for_a_code(
    linked: Callable[..., UUID], recover: Callable[..., Any]
) -> None:
    link_id = linked()
    for number in range(50):
        refused = recover(link_id, f"10.0.0.{number // 5}", id_number="330000199001010014")
        assert refused.json["code"] == "recovery_refused"
    closed = recover(link_id, "10.0.1.1")
    assert (closed.status_code, closed.json["code"]) == (429, "recovery_locked")


def test_what_is_wrong_is_not_told_by_the_time_that_the_answer_takes(
    linked: Callable[..., UUID], recover: Callable[..., Any]
) -> None:
    link_id = linked()
    wrong = {"number": {"id_number": "330000199001010014"}, "name": {"unit_name": "另一家公司"}}
    wrong["code"] = {"credit_code": "913300000000000272"}
    # From an address of its own each time: a count that is begun takes longer than one that goes on.
    ways = {
        what: lambda n, place=place, said=said: recover(link_id, f"10.0.{place}.{n}", **said)
        for place, (what, said) in enumerate(wrong.items())
    }
    assert tell_apart(ways, rounds=15) == {}
    assert {recover(link_id, "10.1.1.1", **said).json["code"] for said in wrong.values()} == {"recovery_refused"}


@pytest.mark.req("S4b-06")
@pytest.mark.parametrize("state", ["disabled", "removed"])
def test_staff_that_is_disabled_or_removed_recovers_nothing(
    browser: Any, linked: Callable[..., UUID], recover: Callable[..., Any], state: str
) -> None:
    link_id = linked()
    linked(state, revision=2)
    linked("enabled", revision=1)
    assert staff(browser).json["code"] == "recovery_refused"
    assert recover(link_id).json["code"] == "recovery_refused"
    linked("enabled", revision=3)
    assert recover(link_id).status_code == 200


def test_a_weak_password_is_named_and_not_counted(linked: Callable[..., UUID], recover: Callable[..., Any]) -> None:
    link_id = linked()
    for _ in range(6):
        weak = recover(link_id, new_password="abc")
        assert {e["path"] for e in weak.json["errors"]} == {"new_password"}
    assert recover(link_id).status_code == 200


def test_a_renamed_unit_is_recovered_by_its_new_name(
    identity: UnderTest, u1: Actor, linked: Callable[..., UUID], recover: Callable[..., Any]
) -> None:
    link_id = linked()
    assert u1.unit_id
    identity.hear(UnitRenamedV1(unit_id=u1.unit_id, name="示例科技集团有限公司", revision=2))
    assert recover(link_id).json["code"] == "recovery_refused"
    assert recover(link_id, unit_name="示例科技集团有限公司").json == {"username": "unitA1"}
