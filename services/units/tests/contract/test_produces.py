"""The publisher's half: what actions record has the shape that was promised."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.bus.tables import outbox
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.units import ProofShownV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, registrant_actor
from shenbao_common.testing.contracts import objections
from shenbao_common.testing.service import UnderTest
from shenbao_units.api.registrations import REGISTRY
from shenbao_units.models import RegisterAnswer
from shenbao_units.providers.registry import Registry

PROMISED = [event_type for event_type in catalogue.ALL if event_type.publisher() == "units"]


@pytest.fixture
def life(
    units: UnderTest, registered: Callable[..., Actor], department: Callable[..., UUID], sub_ticket: Callable[..., str]
) -> Actor:
    """One unit with one sub-account, through everything that can happen to them; another that owes a letter."""
    city = {"code": "3302", "name": "示例区人社局", "level": "city_hr_bureau", "demands_letter": True}
    bureau = units.client(admin_actor()).post("/v1/organisations", json=city).json["id"]
    registered(department("D1", parent=bureau))
    unit = registered()
    client = units.client(unit)

    def send(method: str, path: str, body: Any, version: int | None) -> Any:
        tag = {} if version is None else {"If-Match": f'"{version}"'}
        answer = client.open(path, method=method, json=body, headers=tag)
        assert answer.status_code < 300, answer.json
        return answer

    body = {"ticket": sub_ticket(unit, "unitA11"), "display_name": "甲", "permissions": ["application.fill"]}
    path = f"/v1/sub-accounts/{send('POST', '/v1/sub-accounts', body, None).json['id']}"
    send("PATCH", path, {"permissions": ["application.report"]}, 1)
    send("PUT", f"{path}/state", {"state": "disabled"}, 2)
    send("DELETE", path, None, 3)
    staff = {"account_id": str(uuid7()), "unit_id": str(unit.unit_id), "name": "李四", "id_number": "3*****6"}
    send("POST", "/v1/staff", {"person": units.slip("identity", "shenbao-staff+jwt", staff)}, None)
    target = {"department_id": str(department("D2")), "confirmed_count": 0}
    send("PUT", "/v1/units/mine/supervising-department", target, 1)
    licence = {"document_id": str(uuid7()), "purpose": "unit_licence", "account_id": str(unit.account_id)}
    units.app.extensions[REGISTRY] = Registry("")
    name = {"name": "示例集团", "certificate_receipt": units.slip("documents", "shenbao-receipt+jwt", licence)}
    with units.service.sessions.begin() as session:
        session.execute(sa.delete(RegisterAnswer))
    send("PUT", "/v1/units/mine/name", name, 2)
    return unit


@pytest.fixture
def succession(units: UnderTest, life: Actor, ticket: Callable[..., str]) -> None:
    """With a sealed letter somebody else takes the place of the unit's officer."""
    asker, department_id = uuid7(), units.client(life).get("/v1/units/mine").json["department"]["id"]
    letter = {"document_id": str(uuid7()), "purpose": "authorization_letter", "account_id": str(asker)}
    body = {
        "code": "000000019",
        "department_id": department_id,
        "name": "赵六",
        "mobile": "13900000000",
        "ticket": ticket(account_id=asker),
        "letter_receipt": units.slip("documents", "shenbao-receipt+jwt", letter),
    }
    made = units.client().post("/v1/officer-requests", json=body).json
    decided = units.client(office_actor(UUID(department_id), "review.decide")).put(
        f"/v1/officer-requests/{made['id']}/decision",
        json={"state": "approved", "way": "replaces"},
        headers={"If-Match": '"1"'},
    )
    assert decided.status_code == 200, decided.json
    empty = units.client(admin_actor()).post(
        "/v1/organisations", json={"code": "33", "name": "省人社厅", "level": "province"}
    )
    gone = units.client(admin_actor()).delete(f"/v1/organisations/{empty.json['id']}")
    assert gone.status_code == 204


@pytest.fixture
def taken(units: UnderTest, life: Actor) -> None:
    """The unit takes a person as its own."""
    person = person_actor()
    said = {"account_id": str(person.account_id), "name": "张三", "id_number": "3*****4"}
    slip = units.slip("identity", "shenbao-person+jwt", said)
    asked = {"unit_id": str(life.unit_id), "note": "本单位在职", "person": slip}
    made = units.client(person).post("/v1/bindings", json=asked).json
    decided = units.client(life).put(
        f"/v1/bindings/{made['id']}/decision", json={"state": "active", "reason": ""}, headers={"If-Match": '"1"'}
    )
    assert decided.status_code == 200, decided.json


@pytest.fixture
def refused(units: UnderTest, life: Actor) -> None:
    """A registration without a code is handed in and refused."""
    registrant = registrant_actor()
    said = {"account_id": str(registrant.account_id)}
    agent = {"name": "张三", "id_number": "3*****4", "ethnicity": "汉族", "sex": "女", "mobile": "13800000000"}
    scan = said | {"document_id": str(uuid7()), "purpose": "unit_certificate"}
    department_id = units.client(life).get("/v1/units/mine").json["department"]["id"]
    body = {
        "agent": units.slip("identity", "shenbao-agent+jwt", said | agent),
        "can_provide": False,
        "no_code_confirmed": True,
        "department_id": department_id,
        "unit_name": "示例筹备组",
        "certificate_receipt": units.slip("documents", "shenbao-receipt+jwt", scan),
        "agreement_version": "2026-01",
    }
    client, mine = units.client(registrant), "/v1/registration-cases/mine"
    assert client.put(mine, json=body).status_code == 200
    ticket = units.slip("identity", "shenbao-ticket+jwt", said | {"username": "x1", "kind": "unit", "unit_id": None})
    assert client.post(f"{mine}/submission", json={"ticket": ticket}).status_code == 201
    bureaus = units.client(life).get("/v1/organisations?level=city_hr_bureau").json["items"]
    for office in (units.client(office_actor(UUID(bureau["id"]), "review.decide")) for bureau in bureaus):
        for case in office.get("/v1/registration-cases").json["items"]:
            path, refusal = f"/v1/registration-cases/{case['id']}/decision", {"state": "rejected", "reason": "不清晰"}
            assert office.put(path, json=refusal, headers={"If-Match": f'"{case["version"]}"'}).status_code == 200


@pytest.fixture
def unmarked(units: UnderTest, department: Callable[..., UUID], ticket: Callable[..., str]) -> None:
    """A department takes the mark off a unit that declares for itself."""
    home = department("D3")
    body = {"code": "000000019", "department_id": str(home), "legal_representative": "王建国", "self_declaring": True}
    made = units.client().post("/v1/registrations", json=body | {"ticket": ticket()}).json
    officer = units.client(office_actor(home, "review.decide"))
    assert officer.delete(f"/v1/units/{made['id']}/self-declaring").status_code == 204


@pytest.mark.usefixtures("unmarked", "taken", "succession", "refused")
@pytest.mark.parametrize("event_type", PROMISED, ids=lambda e: e.type)
def test_what_is_told_has_the_promised_fields(units: UnderTest, event_type: type[Event]) -> None:
    with units.sessions() as session:
        told = session.scalars(sa.select(outbox.c.data).where(outbox.c.type == event_type.type)).all()
    assert told
    for data in told:
        assert data.keys() == catalogue.example(event_type).keys()
        assert event_type.from_wire(data).to_wire() == data
        assert objections(event_type.json_schema(), data) == []


@pytest.mark.usefixtures("unmarked", "taken", "succession", "refused")
def test_every_event_of_this_service_is_told_with_a_growing_revision(units: UnderTest) -> None:
    query = sa.select(outbox.c.type, outbox.c.subject, outbox.c.revision).order_by(outbox.c.id)
    with units.sessions() as session:
        rows = session.execute(query).all()
    assert {row.type for row in rows} == {event_type.type for event_type in PROMISED}
    for subject in {row.subject for row in rows}:
        revisions = [row.revision for row in rows if row.subject == subject and row.type != ProofShownV1.type]
        assert revisions == list(range(1, len(revisions) + 1))
    # To whom else a file is shown makes nothing outdated.
    assert {row.revision for row in rows if row.type == ProofShownV1.type} == {0}
