"""An employer registers: recognised by the register or with a scan, once per department, usable at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.models import LookupCount

Form = Callable[..., dict[str, Any]]
KNOWN = {"code": "000000019", "legal_representative": "王建国"}
UNKNOWN = {"code": "123300000000000271", "legal_representative": "王芳"}


@pytest.fixture
def form(ticket: Callable[..., str], department: Callable[..., UUID]) -> Form:
    """A whole form of a recognised unit, with changes; None leaves a field out."""
    first = department("市科学技术局")

    def fill(**changes: Any) -> dict[str, Any]:
        body = KNOWN | {"department_id": str(first), "ticket": ticket()} | changes
        return {name: value for name, value in body.items() if value is not None}

    return fill


@pytest.fixture
def receipt(units: UnderTest) -> Callable[..., str]:
    """What documents signs for an uploaded scan."""

    def sign(account_id: UUID, **changes: Any) -> str:
        claims = {"document_id": str(uuid7()), "purpose": "code_certificate", "account_id": str(account_id)}
        return units.slip("documents", "shenbao-receipt+jwt", claims | changes)

    return sign


def look_up(units: UnderTest, **body: str) -> dict[str, Any]:
    answer = units.client().post("/v1/registry-lookups", json=KNOWN | body)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def problems(answer: Any) -> set[tuple[str, str]]:
    return {(e["code"], e["path"]) for e in answer.json["errors"]}


@pytest.mark.req("S4g-02")
def test_code_and_representative_of_the_register_give_the_name(units: UnderTest) -> None:
    assert look_up(units) == {
        "recognised": True,
        "unit_name": "示例科技有限公司",
        "code_kind": "organisation_code",
        "registry_available": True,
    }


@pytest.mark.req("S4g-02")
def test_a_wrong_representative_is_not_recognised(units: UnderTest) -> None:
    found = look_up(units, legal_representative="王建军")
    assert (found["recognised"], found["unit_name"]) == (False, None)


@pytest.mark.req("S4g-02")
def test_a_recognised_name_is_not_editable(units: UnderTest, form: Form) -> None:
    refused = units.client().post("/v1/registrations", json=form(unit_name="另一家公司"))
    assert (refused.status_code, problems(refused)) == (422, {("read_only", "unit_name")})
    accepted = units.client().post("/v1/registrations", json=form())
    assert accepted.json["name"] == "示例科技有限公司"
    assert accepted.json["verified"] == "registry"


def test_the_credit_code_is_recognised_too(units: UnderTest) -> None:
    assert look_up(units, code="91330000 0000000191".replace(" ", ""))["code_kind"] == "credit_code"


def test_a_wrong_code_is_refused_before_anybody_is_asked(units: UnderTest, asked: list[str]) -> None:
    for code, fault in {"000000018": "checksum", "12": "length", "０００００００１９": "charset"}.items():
        answer = units.client().post("/v1/registry-lookups", json=KNOWN | {"code": code})
        assert (answer.status_code, problems(answer)) == (422, {(f"identifier_{fault}", "code")})
    assert asked == []


@pytest.mark.req("S4g-03")
def test_a_unit_of_provincial_level_brings_name_and_scan(
    units: UnderTest, form: Form, ticket: Callable[..., str], receipt: Callable[..., str]
) -> None:
    account_id = uuid7()
    body = form(**UNKNOWN, ticket=ticket(account_id=account_id))
    refused = units.client().post("/v1/registrations", json=body)
    assert (refused.status_code, problems(refused)) == (
        422,
        {("required", "unit_name"), ("required", "certificate_receipt")},
    )
    scan = {"unit_name": "示例研究院", "certificate_receipt": receipt(account_id)}
    accepted = units.client().post("/v1/registrations", json=body | scan)
    assert (accepted.status_code, accepted.json["verified"]) == (201, "scan")
    assert accepted.json["code"] == "000000027"
    assert accepted.json["uscc"] == "123300000000000271"


def test_a_scan_of_somebody_else_or_of_another_purpose_is_refused(
    units: UnderTest, form: Form, ticket: Callable[..., str], receipt: Callable[..., str]
) -> None:
    account_id = uuid7()
    mine = {"ticket": ticket(account_id=account_id), "unit_name": "示例研究院"}
    for scan in (receipt(uuid7()), receipt(account_id, purpose="attachment:p:1:f"), "no receipt"):
        refused = units.client().post("/v1/registrations", json=form(**UNKNOWN, **mine, certificate_receipt=scan))
        assert refused.status_code == 422
        assert ("receipt_invalid", "certificate_receipt") in problems(refused)


def test_every_objection_is_named_at_once(units: UnderTest, form: Form) -> None:
    body = form(code="000000018", department_id=str(uuid7()), ticket="forged")
    refused = units.client().post("/v1/registrations", json=body)
    assert problems(refused) == {
        ("identifier_checksum", "code"),
        ("unknown_department", "department_id"),
        ("ticket_invalid", "ticket"),
    }


def test_nobody_registers_under_a_bureau(units: UnderTest, form: Form) -> None:
    bureau = units.client(unit_actor()).get("/v1/organisations?level=city_hr_bureau").json["items"][0]
    refused = units.client().post("/v1/registrations", json=form(department_id=bureau["id"]))
    assert problems(refused) == {("not_a_supervising_department", "department_id")}


def test_only_a_tickets_of_a_new_unit_serves(units: UnderTest, form: Form, ticket: Callable[..., str]) -> None:
    expired = units.slip("identity", "shenbao-ticket+jwt", {"account_id": str(uuid7())}, seconds=-1)
    wrong = {
        ticket(kind="sub_account"): "ticket_invalid",
        ticket(unit_id=uuid7()): "ticket_invalid",
        units.slip("documents", "shenbao-ticket+jwt", {"account_id": str(uuid7())}): "ticket_invalid",
        units.slip("identity", "shenbao-ticket+jwt", {"kind": "unit"}): "ticket_invalid",
        expired: "ticket_expired",
    }
    for text, code in wrong.items():
        refused = units.client().post("/v1/registrations", json=form(ticket=text))
        assert (refused.status_code, problems(refused)) == (422, {(code, "ticket")})


def test_a_ticket_serves_once(
    units: UnderTest, form: Form, ticket: Callable[..., str], department: Callable[..., UUID]
) -> None:
    mine = ticket(account_id=uuid7())
    assert units.client().post("/v1/registrations", json=form(ticket=mine)).status_code == 201
    again = form(ticket=mine, department_id=str(department("市教育局")))
    refused = units.client().post("/v1/registrations", json=again)
    assert (refused.status_code, refused.json["code"]) == (409, "ticket_used")


@pytest.mark.req("S4g-05")
def test_a_registered_unit_is_usable_at_once(units: UnderTest, registered: Callable[..., Actor]) -> None:
    unit = registered()
    mine = units.client(unit).get("/v1/units/mine")
    assert (mine.status_code, mine.json["name"]) == (200, "示例科技有限公司")
    told = units.told(UnitRegisteredV1)
    assert [(e.unit_id, e.account_id, e.verified) for e in told] == [(unit.unit_id, unit.account_id, "registry")]


@pytest.mark.req("S4g-06")
def test_one_code_registers_once_under_a_department_and_again_under_another(
    units: UnderTest, form: Form, department: Callable[..., UUID]
) -> None:
    d1, d2 = str(department("D1")), str(department("D2"))
    first = units.client().post("/v1/registrations", json=form(department_id=d1))
    again = units.client().post("/v1/registrations", json=form(department_id=d1))
    other = units.client().post("/v1/registrations", json=form(department_id=d2))
    assert (first.status_code, again.status_code, other.status_code) == (201, 409, 201)
    assert again.json["code"] == "already_registered"
    assert first.json["id"] != other.json["id"]
    accounts = {e.account_id for e in units.told(UnitRegisteredV1)}
    assert len(accounts) == 2


@pytest.mark.req("S4g-06")
def test_the_credit_code_of_a_registered_organisation_code_is_the_same_unit(units: UnderTest, form: Form) -> None:
    assert units.client().post("/v1/registrations", json=form()).status_code == 201
    refused = units.client().post("/v1/registrations", json=form(code="913300000000000191"))
    assert (refused.status_code, refused.json["code"]) == (409, "already_registered")


@pytest.mark.req("S4g-06")
def test_of_two_simultaneous_registrations_one_wins(units: UnderTest, form: Form) -> None:
    answers = at_once(lambda body: units.client().post("/v1/registrations", json=body), [form(), form()])
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert len(units.told(UnitRegisteredV1)) == 1


@pytest.mark.req("B-20")
def test_two_simultaneous_creates_with_one_key_make_one_unit_and_equal_answers(units: UnderTest, form: Form) -> None:
    body, key = form(), {"Idempotency-Key": "registration-1"}
    answers = at_once(lambda b: units.client().post("/v1/registrations", json=b, headers=key), [body, body])
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(units.told(UnitRegisteredV1)) == 1


def test_who_represents_and_whom_to_call_is_unreadable_in_the_database(
    units: UnderTest, registered: Callable[..., Actor]
) -> None:
    registered()
    with units.sessions() as session:
        everything = session.execute(sa.text("select unit::text || register_answer::text from unit, register_answer"))
        text = everything.scalar_one()
    for name in ("王建国", "李想", "13800000000"):
        assert name not in text
        assert name.encode().hex() not in text


def test_bad_fields_are_named_by_path(units: UnderTest, form: Form) -> None:
    answer = units.client().post(
        "/v1/registrations", json=form(contact_phone="12345", address="a" * 201, colour="red", ticket=None)
    )
    assert problems(answer) == {
        ("wrong_format", "contact_phone"),
        ("too_long", "address"),
        ("unknown_field", "colour"),
        ("required", "ticket"),
    }


def at_once(act: Callable[[Any], Any], bodies: list[Any]) -> list[Any]:
    """Runs one request per body at the same moment."""
    answers: list[Any] = []
    ready = threading.Barrier(len(bodies))

    def run(body: Any) -> None:
        ready.wait(10)
        answers.append(act(body))

    threads = [threading.Thread(target=run, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_who_asks_the_register_in_vain_too_often_waits_a_quarter_of_an_hour(units: UnderTest) -> None:
    wrong = {"code": "000000019", "legal_representative": "王建军"}
    for _ in range(10):
        assert look_up(units, **wrong)["recognised"] is False
    closed = units.client().post("/v1/registry-lookups", json=KNOWN)
    assert (closed.status_code, closed.json["code"]) == (429, "too_many_requests")
    assert 0 < int(closed.headers["Retry-After"]) <= 15 * 60 + 1
    assert units.client().post("/v1/registry-lookups", json=UNKNOWN).status_code == 200
    with units.service.sessions.begin() as session:
        session.execute(sa.update(LookupCount).values(since=LookupCount.since - timedelta(minutes=15)))
    assert look_up(units)["recognised"] is True


def test_an_address_that_asks_for_many_codes_in_vain_is_stopped_and_found_ones_do_not_count(units: UnderTest) -> None:
    for _ in range(5):
        look_up(units)
    with units.service.sessions.begin() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LookupCount)) == 0
    look_up(units, **UNKNOWN)
    with units.service.sessions.begin() as session:
        session.execute(sa.update(LookupCount).values(misses=LookupCount.misses + 59))
    other = {"code": "000000035", "legal_representative": "王芳"}
    assert units.client().post("/v1/registry-lookups", json=other).status_code == 429
