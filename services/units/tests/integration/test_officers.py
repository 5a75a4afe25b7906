"""Several officers, a hand-over, and the way back for a unit that has lost its officer (B-18)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import (
    OfficerAppointedV1,
    OfficerDismissedV1,
    OfficerRequestedV1,
    ProofShownV1,
)
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, registrant_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.timing import tell_apart
from shenbao_units.models import OfficerRequest

REQUESTS = "/v1/officer-requests"
Ask = Callable[..., Any]


@pytest.fixture
def d1(department: Callable[..., UUID]) -> UUID:
    return department("D1")


@pytest.fixture
def u1(registered: Callable[..., Actor], d1: UUID) -> Actor:
    return registered(d1)


@pytest.fixture
def ask(units: UnderTest, ticket: Callable[..., str], d1: UUID) -> Ask:
    """Asks to act for the unit of code 000000019 under D1; letter: with a sealed letter in PDF."""

    def send(account_id: UUID, *, letter: bool = False, **changes: Any) -> Any:
        claims = {"document_id": str(uuid7()), "purpose": "authorization_letter", "account_id": str(account_id)}
        receipt = units.slip("documents", "shenbao-receipt+jwt", claims) if letter else None
        body = {
            "code": "000000019",
            "department_id": str(d1),
            "name": "赵六",
            "mobile": "13900000000",
            "ticket": ticket(account_id=account_id, username="zhaoliu"),
            "letter_receipt": receipt,
        }
        return units.client().post(REQUESTS, json=body | changes)

    return send


def decide(units: UnderTest, who: Actor, request_id: str, state: str, **more: Any) -> Any:
    client = units.client(who)
    tag = client.get(f"{REQUESTS}/{request_id}").headers.get("ETag", '"1"')
    return client.put(f"{REQUESTS}/{request_id}/decision", json={"state": state, **more}, headers={"If-Match": tag})


def move(units: UnderTest, unit: Actor, department_id: UUID) -> None:
    client = units.client(unit)
    tag = {"If-Match": client.get("/v1/units/mine").headers["ETag"]}
    body = {"department_id": str(department_id), "confirmed_count": 0}
    done = client.put("/v1/units/mine/supervising-department", json=body, headers=tag)
    assert done.status_code == 200, done.json


def waiting(units: UnderTest, who: Actor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = units.client(who).get(REQUESTS).json["items"]
    return items


@pytest.mark.req("B-18")
def test_with_a_sealed_letter_the_department_sets_a_new_officer_and_the_old_one_is_out(
    units: UnderTest, ask: Ask, u1: Actor, d1: UUID
) -> None:
    asker = uuid7()
    made = ask(asker, letter=True)
    assert (made.status_code, made.json["state"]) == (201, "waiting")
    assert [e.account_id for e in units.told(OfficerRequestedV1)] == [asker]
    d1_office = office_actor(d1, "review.decide")
    (shown,) = waiting(units, d1_office)
    assert (shown["name"], shown["unit_name"], shown["unit_code"]) == ("赵六", "示例科技有限公司", "000000019")
    proof = [(str(e.document_id), e.organisation_id, e.unit_id) for e in units.told(ProofShownV1)]
    assert proof == [(shown["letter_id"], d1, u1.unit_id)]

    answer = decide(units, d1_office, made.json["id"], "approved", way="replaces")

    assert (answer.status_code, answer.json["state"]) == (200, "approved")
    assert [(e.account_id, e.unit_id) for e in units.told(OfficerAppointedV1)] == [(asker, u1.unit_id)]
    assert [e.account_id for e in units.told(OfficerDismissedV1)] == [u1.account_id]
    new = unit_actor(u1.unit_id, account_id=asker)
    present = [o["name"] for o in units.client(new).get("/v1/officers").json["items"] if o["until"] is None]
    assert present == ["赵六"]
    log = units.client(new).get("/v1/units/mine/history").json["items"]
    assert [(entry["act"], entry["details"]["name"]) for entry in log] == [
        ("officer_dismissed", "李想"),
        ("officer_appointed", "赵六"),
    ]
    assert {entry["actor_id"] for entry in log} == {str(d1_office.account_id)}
    assert log[1]["details"]["letter_id"] == shown["letter_id"]


def test_a_request_that_waits_while_its_unit_moves_comes_before_the_new_department_with_its_letter(
    units: UnderTest, ask: Ask, u1: Actor, d1: UUID, department: Callable[..., UUID]
) -> None:
    asked = ask(uuid7(), letter=True).json["id"]
    ask(uuid7())
    d2 = department("D2")
    move(units, u1, d2)
    old, new = office_actor(d1, "review.decide"), office_actor(d2, "review.decide")
    assert waiting(units, old) == []
    (shown,) = waiting(units, new)
    told = [(str(e.document_id), e.organisation_id, e.unit_id) for e in units.told(ProofShownV1)]
    assert told == [(shown["letter_id"], body, u1.unit_id) for body in (d1, d2)]
    assert decide(units, old, asked, "approved", way="replaces").status_code == 404
    assert decide(units, new, asked, "approved", way="replaces").status_code == 200


@pytest.mark.req("B-18")
def test_an_officer_takes_another_beside_or_hands_over(units: UnderTest, ask: Ask, u1: Actor) -> None:
    second, third = uuid7(), uuid7()
    decide(units, u1, ask(second).json["id"], "approved", way="joins")
    assert units.told(OfficerDismissedV1) == []
    decide(units, u1, ask(third).json["id"], "approved", way="replaces")

    assert [e.account_id for e in units.told(OfficerAppointedV1)] == [second, third]
    assert [e.account_id for e in units.told(OfficerDismissedV1)] == [u1.account_id]


def test_an_officer_dismisses_another_but_the_last_one_stays(units: UnderTest, ask: Ask, u1: Actor) -> None:
    second = uuid7()
    decide(units, u1, ask(second).json["id"], "approved")
    client = units.client(u1)
    versions = {o["account_id"]: o["version"] for o in client.get("/v1/officers").json["items"]}

    def dismiss(account_id: UUID) -> Any:
        tag = {"If-Match": f'"{versions[str(account_id)]}"'}
        return client.delete(f"/v1/officers/{account_id}", headers=tag)

    assert dismiss(second).status_code == 204
    assert dismiss(second).status_code == 404
    refused = dismiss(u1.account_id)
    assert (refused.status_code, refused.json["code"]) == (409, "last_officer")


def test_two_officers_who_dismiss_each_other_at_once_leave_one(units: UnderTest, ask: Ask, u1: Actor) -> None:
    second = uuid7()
    decide(units, u1, ask(second).json["id"], "approved")
    both = (u1, unit_actor(u1.unit_id, account_id=second))
    versions = {o["account_id"]: o["version"] for o in units.client(u1).get("/v1/officers").json["items"]}

    def dismiss(who: Actor) -> tuple[int, str]:
        (other,) = {str(officer.account_id) for officer in both} - {str(who.account_id)}
        tag = {"If-Match": f'"{versions[other]}"'}
        answer = units.client(who).delete(f"/v1/officers/{other}", headers=tag)
        return answer.status_code, answer.json["code"] if answer.status_code != 204 else ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(dismiss, both)) == [(204, ""), (403, "no_longer_officer")]
    assert len(units.told(OfficerDismissedV1)) == 1


def test_a_refusal_needs_a_reason_and_the_asker_reads_it(units: UnderTest, ask: Ask, u1: Actor) -> None:
    asker = uuid7()
    request_id = ask(asker).json["id"]
    refused = decide(units, u1, request_id, "refused")
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "reason")
    decide(units, u1, request_id, "refused", reason="非本单位人员")
    shown = units.client(registrant_actor(asker)).get(f"{REQUESTS}/mine").json
    assert (shown["state"], shown["reason"]) == ("refused", "非本单位人员")
    assert decide(units, u1, request_id, "approved").json["code"] == "already_decided"
    assert units.told(OfficerAppointedV1) == []


@pytest.mark.usefixtures("u1")
def test_nobody_learns_by_asking_which_units_there_are(units: UnderTest, ask: Ask) -> None:
    known, unknown = ask(uuid7()), ask(uuid7(), code="000000027")
    assert (known.status_code, unknown.status_code) == (201, 201)
    assert known.json.keys() == unknown.json.keys()
    assert (known.json["state"], known.json["reason"]) == (unknown.json["state"], unknown.json["reason"])
    assert tell_apart({"known": lambda _: ask(uuid7()), "unknown": lambda _: ask(uuid7(), code="000000027")}) == {}


@pytest.mark.usefixtures("u1")
def test_without_a_letter_the_department_has_nothing_to_decide(units: UnderTest, ask: Ask, d1: UUID) -> None:
    request_id = ask(uuid7()).json["id"]
    office = office_actor(d1, "review.decide")
    assert waiting(units, office) == []
    assert decide(units, office, request_id, "approved", way="replaces").status_code == 404


def test_a_department_cannot_set_an_officer_beside_those_who_are_there(
    units: UnderTest, ask: Ask, u1: Actor, d1: UUID
) -> None:
    request_id = ask(uuid7(), letter=True).json["id"]
    refused = decide(units, office_actor(d1, "review.decide"), request_id, "approved", way="joins")
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "way")
    assert waiting(units, u1)


def test_a_request_of_the_month_before_cannot_be_decided(units: UnderTest, ask: Ask, u1: Actor) -> None:
    request_id = ask(uuid7()).json["id"]
    with units.service.sessions.begin() as session:
        earlier = OfficerRequest.requested_at - timedelta(days=31)
        session.execute(sa.update(OfficerRequest).values(requested_at=earlier))
    assert decide(units, u1, request_id, "approved").json["code"] == "request_expired"


def test_a_reservation_serves_once(units: UnderTest, ask: Ask, u1: Actor) -> None:
    asker = uuid7()
    assert ask(asker).status_code == 201
    assert ask(asker).json["code"] == "ticket_used"
    assert ask(u1.account_id).json["code"] == "ticket_used"


def test_every_fault_of_a_request_is_named_at_once(ask: Ask) -> None:
    refused = ask(uuid7(), code="123456789", ticket="forged", letter_receipt="forged")
    assert {(e["path"], e["code"]) for e in refused.json["errors"]} == {
        ("code", "identifier_checksum"),
        ("ticket", "ticket_invalid"),
        ("letter_receipt", "receipt_invalid"),
    }


def test_strangers_see_and_decide_nothing(
    units: UnderTest, ask: Ask, u1: Actor, registered: Callable[..., Actor], department: Callable[..., UUID]
) -> None:
    request_id = ask(uuid7(), letter=True).json["id"]
    for stranger in (registered(), office_actor(department("D2"), "review.decide")):
        assert waiting(units, stranger) == []
        assert decide(units, stranger, request_id, "approved", way="replaces").status_code == 404
    stranger = registered()
    first = {"If-Match": '"1"'}
    assert units.client(stranger).delete(f"/v1/officers/{u1.account_id}", headers=first).status_code == 404
    listed = units.client(stranger).get("/v1/officers").json["items"]
    assert [o["account_id"] for o in listed] == [str(stranger.account_id)]
    assert units.client(stranger).get("/v1/units/mine/history").json["items"] == []
    assert units.client(registrant_actor()).get(f"{REQUESTS}/mine").status_code == 404
    for other in (person_actor(), admin_actor(), registrant_actor(), office_actor(None, "project.publish")):
        assert units.client(other).get(REQUESTS).status_code == 403
    ticked = replace(u1, permissions=frozenset({"application.fill"}))
    assert units.client(ticked).get("/v1/officers").status_code == 403
