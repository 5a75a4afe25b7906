"""Persons and their units: found by name, asked for, taken or refused, changed with history."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountDeletedV1, PersonErasedV1
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.data import of_person
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest

PATH = "/v1/bindings"
Registered = Callable[..., Actor]


@pytest.fixture
def u1(registered: Registered) -> Actor:
    return registered()


@pytest.fixture
def ask(units: UnderTest) -> Callable[..., Any]:
    """Asks as a person whom identity names 张三."""

    def send(who: Actor, unit_id: UUID | None, note: str = "本单位在职", **changes: Any) -> Any:
        said = {"account_id": str(who.account_id), "name": "张三", "id_number": "3*****4"}
        slip = units.slip("identity", "shenbao-person+jwt", said)
        body = {"unit_id": str(unit_id) if unit_id else None, "note": note, "person": slip}
        return units.client(who).post(PATH, json={k: v for k, v in (body | changes).items() if v is not None})

    return send


def decide(units: UnderTest, unit: Actor, binding: dict[str, Any], state: str, reason: str = "") -> Any:
    tag = {"If-Match": f'"{binding["version"]}"'}
    body = {"state": state, "reason": reason}
    return units.client(unit).put(f"{PATH}/{binding['id']}/decision", json=body, headers=tag)


def mine(units: UnderTest, person: Actor) -> dict[str, Any]:
    found: dict[str, Any] = units.client(person).get(f"{PATH}/mine").json
    return found


def queue(units: UnderTest, unit: Actor, state: str = "pending") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = units.client(unit).get(PATH, query_string={"state": state}).json["items"]
    return found


def found(units: UnderTest, q: str, **query: Any) -> Any:
    return units.client(person_actor()).get("/v1/units", query_string={"q": q} | query).json


@pytest.mark.req("S0-07")
def test_registered_units_are_found_by_a_part_of_the_name_and_free_text_is_refused(
    units: UnderTest, u1: Actor, ask: Callable[..., Any]
) -> None:
    for part in ("示例", "例科技", "公司", "示例科技有限公司"):
        assert [(hit["id"], hit["name"]) for hit in found(units, part)["items"]] == [
            (str(u1.unit_id), "示例科技有限公司")
        ]
    assert found(units, "未注册")["items"] == []
    refused = ask(person_actor(), None, unit_name="示例科技有限公司")
    assert (refused.status_code, {(e["path"], e["code"]) for e in refused.json["errors"]}) == (
        422,
        {("unit_id", "required"), ("unit_name", "unknown_field")},
    )


def test_the_search_pages_through_every_hit_once_and_knows_no_wildcards(
    units: UnderTest, registered: Registered
) -> None:
    made = {str(registered().unit_id) for _ in range(5)}
    seen: list[str] = []
    after = None
    while True:
        answer = found(units, "科技", limit=2, **({"after": after} if after else {}))
        seen += [hit["id"] for hit in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert (len(seen), set(seen)) == (5, made)
    assert found(units, "%")["items"] == found(units, "_")["items"] == []
    assert units.client(person_actor()).get("/v1/units").status_code == 422


def test_registering_the_unit_at_the_same_time_is_a_choice(
    units: UnderTest, u1: Actor, ask: Callable[..., Any]
) -> None:
    person = person_actor()
    assert mine(units, person)["state"] == "none"  # 'no' asks nothing of this service.
    chosen_none = ask(person, None)
    assert (chosen_none.status_code, chosen_none.json["errors"][0]["path"]) == (422, "unit_id")
    assert mine(units, person)["state"] == "none"
    assert queue(units, u1) == []


@pytest.mark.req("S3-05")
def test_a_request_with_a_note_waits_in_the_units_queue_and_one_without_is_refused(
    units: UnderTest, u1: Actor, ask: Callable[..., Any]
) -> None:
    person = person_actor()
    assert mine(units, person) == {"state": "none", "active": None, "pending": None}
    before = len(queue(units, u1))
    empty = ask(person, u1.unit_id, note="")
    assert (empty.status_code, empty.json["errors"][0]["path"]) == (422, "note")
    assert ask(person, u1.unit_id).status_code == 201
    assert mine(units, person)["state"] == "pending"
    waiting = queue(units, u1)
    assert len(waiting) == before + 1
    assert (waiting[0]["name"], waiting[0]["id_number"], waiting[0]["note"]) == ("张三", "3*****4", "本单位在职")


@pytest.mark.req("S3-06")
def test_a_unit_that_registers_later_is_found_then_and_asked_for(
    units: UnderTest, registered: Registered, ask: Callable[..., Any]
) -> None:
    person = person_actor()
    assert found(units, "示例")["items"] == []
    assert mine(units, person)["state"] == "none"
    u3 = registered()
    (hit,) = found(units, "示例")["items"]
    assert ask(person, UUID(hit["id"])).status_code == 201
    assert len(queue(units, u3)) == 1


@pytest.mark.req("S3-08")
def test_a_unit_takes_a_person_or_refuses_with_a_reason(units: UnderTest, u1: Actor, ask: Callable[..., Any]) -> None:
    taken, refused = person_actor(), person_actor()
    assert decide(units, u1, ask(taken, u1.unit_id).json, "active").status_code == 200
    assert mine(units, taken)["active"]["unit_id"] == str(u1.unit_id)
    (told,) = units.told(BindingActivatedV1)
    assert (told.account_id, told.unit_id) == (taken.account_id, u1.unit_id)
    binding = ask(refused, u1.unit_id).json
    without = decide(units, u1, binding, "rejected")
    assert (without.status_code, without.json["errors"][0]["path"]) == (422, "reason")
    assert decide(units, u1, binding, "rejected", "非本单位人员").json["state"] == "rejected"
    (last,) = units.client(refused).get(f"{PATH}/mine/history").json["items"]
    assert (last["state"], last["reason"]) == ("rejected", "非本单位人员")
    assert [b["name"] for b in queue(units, u1, "active")] == ["张三"]
    assert decide(units, u1, last, "active").json["code"] == "already_decided"


@pytest.mark.req("S3-09")
@pytest.mark.req("S4d-06")
def test_the_old_unit_holds_until_the_new_one_says_yes_and_stays_in_the_history(
    units: UnderTest, u1: Actor, registered: Registered, ask: Callable[..., Any]
) -> None:
    person, u2 = person_actor(), registered()
    decide(units, u1, ask(person, u1.unit_id).json, "active")
    wish = ask(person, u2.unit_id).json
    shown = mine(units, person)
    assert (shown["state"], shown["active"]["unit_id"], shown["pending"]["unit_id"]) == (
        "active",
        str(u1.unit_id),
        str(u2.unit_id),
    )
    decide(units, u2, wish, "active")
    assert mine(units, person)["active"]["unit_id"] == str(u2.unit_id)
    now, before = units.client(person).get(f"{PATH}/mine/history").json["items"]
    assert (now["unit_id"], now["state"], now["ended_at"]) == (str(u2.unit_id), "active", None)
    assert (before["unit_id"], before["state"]) == (str(u1.unit_id), "ended")
    assert before["ended_at"] == now["decided_at"] > before["decided_at"]
    assert queue(units, u1, "active") == []


def test_one_wish_waits_at_a_time_also_when_two_are_sent_at_once(
    units: UnderTest, u1: Actor, registered: Registered, ask: Callable[..., Any]
) -> None:
    person, u2 = person_actor(), registered()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda unit: ask(person, unit.unit_id), (u1, u2)))
    assert sorted(a.status_code for a in answers) == [201, 409]
    (refused,) = [a for a in answers if a.status_code == 409]
    assert refused.json["code"] == "binding_pending"
    (made,) = [a.json for a in answers if a.status_code == 201]
    gone = units.client(person).put(f"{PATH}/{made['id']}/withdrawal", headers={"If-Match": '"1"'})
    assert gone.json["state"] == "withdrawn"
    assert ask(person, u2.unit_id).status_code == 201


def test_the_own_unit_and_one_that_does_not_exist_cannot_be_asked_for(
    units: UnderTest, u1: Actor, ask: Callable[..., Any]
) -> None:
    person = person_actor()
    decide(units, u1, ask(person, u1.unit_id).json, "active")
    assert ask(person, u1.unit_id).json["errors"][0]["code"] == "unchanged"
    assert ask(person, uuid7()).json["errors"][0]["code"] == "unknown_unit"


def test_somebody_elses_slip_says_nothing_of_me(units: UnderTest, u1: Actor, ask: Callable[..., Any]) -> None:
    said = {"account_id": str(uuid7()), "name": "李四", "id_number": "3*****4"}
    stolen = units.slip("identity", "shenbao-person+jwt", said)
    refused = ask(person_actor(), u1.unit_id, person=stolen)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "person_invalid")


def test_strangers_decide_withdraw_and_see_nothing(
    units: UnderTest, u1: Actor, registered: Registered, ask: Callable[..., Any]
) -> None:
    made = ask(person_actor(), u1.unit_id).json
    stranger = registered()
    assert queue(units, stranger) == []
    assert decide(units, stranger, made, "active").status_code == 404
    other = units.client(person_actor())
    assert other.put(f"{PATH}/{made['id']}/withdrawal", headers={"If-Match": '"1"'}).status_code == 404
    assert other.get(f"{PATH}/mine/history").json["items"] == []
    assert other.get(PATH).status_code == 403
    assert units.client(office_actor()).get(f"{PATH}/mine").status_code == 403
    assert ask(unit_actor(), u1.unit_id).status_code == 403


@pytest.mark.req("B-26")
@pytest.mark.parametrize("ended", [PersonErasedV1, AccountDeletedV1])
def test_what_a_person_told_with_a_request_is_gone_with_the_persons_key(
    units: UnderTest, u1: Actor, ask: Callable[..., Any], tmp_path: Path, ended: Any
) -> None:
    keys = PersonKeys(tmp_path, Sealer(b"k" * 32))
    of_person.install(units.service.engine, keys)
    try:
        person = person_actor()
        assert ask(person, u1.unit_id).status_code == 201
        with units.service.engine.connect() as connection:
            old = bytes(connection.execute(sa.text("SELECT personal FROM binding")).scalar_one())
        assert old.startswith(f"p1.aes256gcm.{person.account_id}.".encode())
        units.hear(ended(account_id=person.account_id))
        with units.service.engine.begin() as connection:
            connection.execute(sa.text("UPDATE binding SET personal = :old"), {"old": old})
        (asked,) = queue(units, u1)
        assert "张三" not in str(asked)
        assert keys.made(person.account_id) is None
    finally:
        of_person.install(units.service.engine, None)
