"""A unit's authorization letter: due before all else, handed in, decided by the bureau of its affiliation."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import AuthorizationChangedV1, ProofShownV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest, token

MINE = "/v1/units/mine/letter"
USER = "/v1/units/mine/user"


@pytest.fixture
def bureau(units: UnderTest) -> Callable[..., UUID]:
    """Adds a bureau that demands letters of the units below it."""

    def add(name: str, *, demands_letter: bool = True) -> UUID:
        body = {"code": f"B{uuid7().hex[-8:]}", "name": name, "level": "city_hr_bureau"}
        answer = units.client(admin_actor()).post("/v1/organisations", json=body | {"demands_letter": demands_letter})
        return UUID(answer.json["id"])

    return add


@pytest.fixture
def district(bureau: Callable[..., UUID]) -> UUID:
    return bureau("示例区人社局")


@pytest.fixture
def u1(registered: Callable[..., Actor], department: Callable[..., UUID], district: UUID) -> Actor:
    return registered(department("示例区经信局", parent=district))


@pytest.fixture
def submit(units: UnderTest, district: UUID) -> Callable[..., Any]:
    """Hands in a letter that documents took as a PDF."""

    def send(unit: Actor, **changes: Any) -> Any:
        claims = {"document_id": str(uuid7()), "purpose": "authorization_letter", "account_id": str(unit.account_id)}
        receipt = units.slip("documents", "shenbao-receipt+jwt", claims)
        client = units.client(unit)
        body = {"affiliation_id": str(district), "receipt": receipt} | changes
        return client.put(MINE, json=body, headers={"If-Match": client.get(MINE).headers["ETag"]})

    return send


def decide(units: UnderTest, bureau_id: UUID, state: str, reason: str = "") -> Any:
    client = units.client(office_actor(bureau_id, "review.decide"))
    (waiting,) = client.get("/v1/letters").json["items"]
    tag = {"If-Match": f'"{waiting["version"]}"'}
    return client.put(f"/v1/letters/{waiting['id']}/decision", json={"state": state, "reason": reason}, headers=tag)


def change_user(units: UnderTest, unit: Actor, name: str) -> Any:
    client = units.client(unit)
    return client.put(USER, json={"name": name}, headers={"If-Match": client.get(MINE).headers["ETag"]})


def found(units: UnderTest) -> list[str]:
    hits = units.client(person_actor()).get("/v1/units", query_string={"q": "示例科技"}).json["items"]
    return [hit["id"] for hit in hits]


def test_a_letter_is_due_only_below_a_bureau_that_demands_one(
    units: UnderTest,
    registered: Callable[..., Actor],
    department: Callable[..., UUID],
    bureau: Callable[..., UUID],
    submit: Callable[..., Any],
) -> None:
    easy = registered(department("市科技局", parent=bureau("另一市人社局", demands_letter=False)))
    assert units.client(easy).get(MINE).json["state"] == ""
    assert submit(easy).json["code"] == "letter_not_due"
    assert units.told(AuthorizationChangedV1) == []


def test_a_unit_that_moves_under_a_bureau_that_demands_a_letter_owes_one(
    units: UnderTest,
    registered: Callable[..., Actor],
    department: Callable[..., UUID],
    bureau: Callable[..., UUID],
    district: UUID,
) -> None:
    easy = registered(department("市科技局", parent=bureau("另一市人社局", demands_letter=False)))
    client, path = units.client(easy), "/v1/units/mine/supervising-department"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    moved = client.put(path, json={"department_id": str(department("区科技局", parent=district))}, headers=tag)
    assert moved.status_code == 200
    assert client.get(MINE).json["state"] == "not_submitted"
    assert [(e.account_id, e.state) for e in units.told(AuthorizationChangedV1)] == [(easy.account_id, "not_submitted")]


def test_a_bureau_begins_to_demand_letters_and_ends_it_for_whoever_comes_below_it_then(
    units: UnderTest, registered: Callable[..., Actor], department: Callable[..., UUID], bureau: Callable[..., UUID]
) -> None:
    city = bureau("另一市人社局", demands_letter=False)
    path, states = f"/v1/organisations/{city}", []
    for demanded, name in ((True, "市科技局"), (False, "市教育局")):
        changed = units.client(admin_actor()).patch(path, json={"demands_letter": demanded})
        assert (changed.status_code, changed.json["demands_letter"]) == (200, demanded)
        states.append(units.client(registered(department(name, parent=city))).get(MINE).json["state"])
    assert states == ["not_submitted", ""]
    assert units.client(admin_actor()).patch(path, json={}).status_code == 422
    # Nobody decides it for itself, nor what another office decides.
    for stranger, code in (
        (unit_actor(), 403),
        (office_actor(city, "organisation.manage"), 403),
        (office_actor(), 404),
    ):
        assert units.client(stranger).patch(path, json={"demands_letter": True}).status_code == code


@pytest.mark.req("S1-09")
def test_until_the_letter_is_approved_every_other_call_answers_authorization_required(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], district: UUID
) -> None:
    assert [(e.account_id, e.state) for e in units.told(AuthorizationChangedV1)] == [(u1.account_id, "not_submitted")]
    # What identity puts into the tokens of this unit from that event on.
    held = {"Authorization": f"Bearer {token(u1, due='authorization_required')}"}
    for state in ("not_submitted", "submitted"):
        anonymous = units.client()
        for path in ("/v1/units/mine", "/v1/sub-accounts", "/v1/bindings", "/v1/officers", "/v1/units/mine/history"):
            refused = anonymous.get(path, headers=held)
            assert (refused.status_code, refused.json["code"]) == (403, "authorization_required"), path
        assert anonymous.get(MINE, headers=held).json["state"] == state
        if state == "not_submitted":
            assert submit(u1).status_code == 200
    assert decide(units, district, "approved").status_code == 200
    assert [e.state for e in units.told(AuthorizationChangedV1)] == ["not_submitted", "submitted", "approved"]


def test_the_officer_alone_is_told_for_whom_the_letter_is_printed(units: UnderTest, u1: Actor) -> None:
    held = {"Authorization": f"Bearer {token(u1, due='authorization_required')}"}
    path = f"{MINE}/slips"
    slip = units.client().post(path, headers=held).json["slip"]
    body = slip.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    told = (said["account_id"], said["unit_name"], said["user_name"])
    assert told == (str(u1.account_id), "示例科技有限公司", "李想")
    for other in (person_actor(), sub_account_actor(u1.unit_id)):
        assert units.client(other).post(path).status_code == 403


def test_a_letter_needs_affiliation_and_a_receipt_and_goes_to_a_bureau_only(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], department: Callable[..., UUID]
) -> None:
    shown = units.client(u1).get(MINE).json
    assert (shown["state"], shown["unit_name"], shown["user_name"]) == ("not_submitted", "示例科技有限公司", "*想")
    client = units.client(u1)
    nothing = client.put(MINE, json={}, headers={"If-Match": '"2"'})
    assert {(e["code"], e["path"]) for e in nothing.json["errors"]} == {
        ("required", "affiliation_id"),
        ("required", "receipt"),
    }
    astray = submit(u1, affiliation_id=str(department("D9")))
    assert [(e["code"], e["path"]) for e in astray.json["errors"]] == [("unknown_bureau", "affiliation_id")]
    others = submit(u1, receipt=units.slip("documents", "shenbao-receipt+jwt", {"document_id": str(uuid7())}))
    assert [(e["code"], e["path"]) for e in others.json["errors"]] == [("receipt_invalid", "receipt")]
    sent = submit(u1)
    assert (sent.status_code, sent.json["state"], sent.json["affiliation"]["name"]) == (
        200,
        "submitted",
        "示例区人社局",
    )
    assert submit(u1).json["code"] == "letter_waiting"


@pytest.mark.req("S1-12")
def test_the_bureau_of_the_district_decides_others_do_not_see_it_and_a_rejected_letter_is_replaced(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], district: UUID, bureau: Callable[..., UUID]
) -> None:
    submit(u1)
    here, elsewhere = office_actor(district, "review.decide"), office_actor(bureau("示例二区人社局"), "review.decide")
    (waiting,) = units.client(here).get("/v1/letters").json["items"]
    assert (waiting["unit_name"], waiting["user_name"]) == ("示例科技有限公司", "李想")
    assert [(e.document_id, e.organisation_id) for e in units.told(ProofShownV1)] == [
        (UUID(waiting["document_id"]), district)
    ]
    assert units.client(elsewhere).get("/v1/letters").json["items"] == []
    path, tag = f"/v1/letters/{waiting['id']}/decision", {"If-Match": '"1"'}
    assert units.client(elsewhere).put(path, json={"state": "approved"}, headers=tag).status_code == 404
    bare = decide(units, district, "rejected")
    assert (bare.status_code, bare.json["errors"][0]["path"]) == (422, "reason")

    assert decide(units, district, "rejected", "公章不清晰").status_code == 200
    seen = units.client(u1).get(MINE).json
    assert (seen["state"], seen["reason"]) == ("rejected", "公章不清晰")
    assert submit(u1).json["state"] == "submitted"
    assert decide(units, district, "approved").status_code == 200
    assert units.client(here).put(path, json={"state": "approved"}, headers={"If-Match": '"2"'}).status_code == 409
    acts = [e["act"] for e in units.client(u1).get("/v1/units/mine/history").json["items"]]
    assert acts == ["letter_approved", "letter_rejected"]


@pytest.mark.req("S1-14")
def test_a_unit_is_offered_for_binding_only_after_its_letter_is_approved(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], district: UUID
) -> None:
    person = person_actor()
    said = {"account_id": str(person.account_id), "name": "张三", "id_number": "3*****4"}
    ask = {
        "unit_id": str(u1.unit_id),
        "note": "本单位在职",
        "person": units.slip("identity", "shenbao-person+jwt", said),
    }
    submit(u1)
    assert found(units) == []
    refused = units.client(person).post("/v1/bindings", json=ask)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("unknown_unit", "unit_id")]
    decide(units, district, "approved")
    assert found(units) == [str(u1.unit_id)]
    assert units.client(person).post("/v1/bindings", json=ask).status_code == 201


@pytest.mark.req("S1-17")
def test_another_user_of_the_account_is_masked_and_needs_a_letter_of_their_own(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], district: UUID
) -> None:
    change_user(units, u1, "王五")
    submit(u1)
    decide(units, district, "approved")
    assert units.client(u1).get(MINE).json["user_name"] == "*五"
    changed = change_user(units, u1, "赵六")
    assert (changed.json["user_name"], changed.json["state"]) == ("*六", "not_submitted")
    # From this event on identity's tokens of the unit open nothing else.
    assert [e.state for e in units.told(AuthorizationChangedV1)][-2:] == ["approved", "not_submitted"]
    refused = units.client().get(
        "/v1/bindings", headers={"Authorization": f"Bearer {token(u1, due='authorization_required')}"}
    )
    assert (refused.status_code, refused.json["code"]) == (403, "authorization_required")
    submit(u1)
    (waiting,) = units.client(office_actor(district, "review.decide")).get("/v1/letters").json["items"]
    assert waiting["user_name"] == "赵六"
    decide(units, district, "approved")
    assert units.client(u1).get(MINE).json["state"] == "approved"


def test_a_letter_that_waits_is_superseded_when_another_user_is_named(
    units: UnderTest, u1: Actor, submit: Callable[..., Any], district: UUID
) -> None:
    submit(u1)
    change_user(units, u1, "赵六")
    assert units.client(office_actor(district, "review.decide")).get("/v1/letters").json["items"] == []
    assert submit(u1).status_code == 200


def test_strangers_have_nothing_to_do_with_letters(units: UnderTest, u1: Actor, submit: Callable[..., Any]) -> None:
    submit(u1)
    for stranger in (person_actor(), admin_actor(), sub_account_actor(u1.unit_id or uuid7())):
        client = units.client(stranger)
        assert client.get("/v1/letters").status_code == 403
        assert client.get(MINE).status_code == 403
        assert client.get("/v1/bureaus").status_code == 403
        assert client.put(MINE, json={"affiliation_id": str(uuid7()), "receipt": "x"}).status_code == 403
        assert client.put(USER, json={"name": "王五"}).status_code == 403
    assert units.client(office_actor()).get("/v1/letters").json["items"] == []
