"""A unit without a code registers in four steps and is looked at by its bureau before it is usable."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import (
    ProofShownV1,
    RegistrationRejectedV1,
    RegistrationSubmittedV1,
    UnitRegisteredV1,
)
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, registrant_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_units.actions import registration_cases
from shenbao_units.models import RegistrationCase

MINE = "/v1/registration-cases/mine"
AGENT = {"name": "张三", "id_number": "3*****4", "ethnicity": "汉族", "sex": "女", "mobile": "13800000000"}


def problems(answer: Any) -> set[tuple[str, str]]:
    return {(e["code"], e["path"]) for e in answer.json["errors"]}


class Registrant:
    """Somebody who has passed the agent's check: an account to be, the slip, and a department under a bureau."""

    def __init__(self, units: UnderTest, department_id: UUID) -> None:
        self.units, self.account_id = units, uuid7()
        self.client = units.client(registrant_actor(self.account_id))
        self.agent = units.slip("identity", "shenbao-agent+jwt", AGENT | {"account_id": str(self.account_id)})
        scan = {"document_id": str(uuid7()), "purpose": "unit_certificate", "account_id": str(self.account_id)}
        self.scan_id = UUID(scan["document_id"])
        self.whole = {
            "agent": self.agent,
            "can_provide": False,
            "no_code_confirmed": True,
            "department_id": str(department_id),
            "unit_name": "示例街道筹备组",
            "certificate_receipt": units.slip("documents", "shenbao-receipt+jwt", scan),
            "agreement_version": "2026-01",
        }

    def check(self, **changes: Any) -> Any:
        body = self.whole | changes
        return self.client.put(MINE, json={k: v for k, v in body.items() if v is not None})

    def submit(self) -> Any:
        said = {"account_id": str(self.account_id), "username": "unitX1", "kind": "unit", "unit_id": None}
        return self.client.post(
            f"{MINE}/submission", json={"ticket": self.units.slip("identity", "shenbao-ticket+jwt", said)}
        )


@pytest.fixture
def bureau(units: UnderTest, department: Callable[..., UUID]) -> UUID:
    found = units.client(unit_actor()).get("/v1/organisations?level=city_hr_bureau").json["items"]
    return UUID(found[0]["id"])


@pytest.fixture
def registrant(units: UnderTest, department: Callable[..., UUID]) -> Registrant:
    return Registrant(units, department("市经信局"))


@pytest.fixture
def decide(units: UnderTest, bureau: UUID) -> Callable[..., Any]:
    def say(state: str, reason: str = "", office: UUID = bureau) -> Any:
        client = units.client(office_actor(office, "review.decide"))
        (waiting,) = client.get("/v1/registration-cases").json["items"]
        tag = {"If-Match": f'"{waiting["version"]}"'}
        body = {"state": state, "reason": reason}
        return client.put(f"/v1/registration-cases/{waiting['id']}/decision", json=body, headers=tag)

    return say


@pytest.mark.req("S1-02")
def test_a_unit_without_code_is_offered_its_type_and_opens_step_2_only_after_step_1(
    units: UnderTest, registrant: Registrant
) -> None:
    offered = units.client().get("/v1/registration-profile").json["types"]
    assert [kind["zh"] for kind in offered if not kind["with_code"]] == ["其他非法人单位"]

    assert units.client().put(MINE, json=registrant.whole).status_code == 401
    assert units.client(unit_actor()).put(MINE, json=registrant.whole).status_code == 403
    without = registrant.check(agent=None)
    assert (without.status_code, problems(without)) == (422, {("agent_required", "agent")})
    another = units.slip("identity", "shenbao-agent+jwt", AGENT | {"account_id": str(uuid7())})
    assert ("agent_invalid", "agent") in problems(registrant.check(agent=another))
    assert registrant.client.get(MINE).status_code == 404
    assert registrant.submit().status_code == 404

    opened = registrant.check()
    assert (opened.status_code, opened.json["state"], opened.json["step"]) == (200, "checked", 3)
    done = registrant.submit()
    assert (done.status_code, done.json["state"], done.json["step"]) == (201, "waiting", 4)


@pytest.mark.req("S1-05")
def test_a_unit_that_cannot_provide_a_code_confirms_so_and_brings_its_certificate(registrant: Registrant) -> None:
    refused = registrant.check(no_code_confirmed=False)
    assert (refused.status_code, problems(refused)) == (422, {("required", "no_code_confirmed")})
    bare = registrant.check(no_code_confirmed=False, unit_name="", certificate_receipt=None)
    assert problems(bare) == {
        ("required", "no_code_confirmed"),
        ("required", "unit_name"),
        ("required", "certificate_receipt"),
    }
    assert problems(registrant.check(can_provide=True)) == {("register_with_code", "can_provide")}
    accepted = registrant.check()
    assert (accepted.status_code, accepted.json["certificate_number"]) == (200, "")


@pytest.mark.req("S1-07")
def test_nobody_leaves_step_2_without_agreeing_and_the_consent_is_kept(
    units: UnderTest, registrant: Registrant
) -> None:
    for version in ("", "2020-01"):
        refused = registrant.check(agreement_version=version)
        assert (refused.status_code, problems(refused)) == (422, {("consent_missing", "agreement_version")})
    before = clock.now()
    agreed = registrant.check()
    assert (agreed.json["agreement"], agreed.json["agreement_version"]) == ("registration_agreement", "2026-01")
    with units.sessions() as session:
        (row,) = session.query(RegistrationCase).all()
        assert row.agreement_version == "2026-01"
        assert before <= row.consented_at <= clock.now()


@pytest.mark.req("S1-08")
def test_a_registration_without_code_becomes_a_unit_only_when_its_bureau_approves(
    units: UnderTest, registrant: Registrant, decide: Callable[..., Any], bureau: UUID
) -> None:
    registrant.check()
    registrant.submit()
    assert [e.account_id for e in units.told(RegistrationSubmittedV1)] == [registrant.account_id]
    assert [(e.document_id, e.organisation_id) for e in units.told(ProofShownV1)] == [(registrant.scan_id, bureau)]
    assert units.told(UnitRegisteredV1) == []
    assert registrant.check().json["code"] == "registration_under_review"

    assert problems(decide("rejected")) == {("required", "reason")}
    rejected = decide("rejected", "批文不清晰")
    assert (rejected.status_code, rejected.json["agent_name"]) == (200, "张三")
    assert [e.account_id for e in units.told(RegistrationRejectedV1)] == [registrant.account_id]
    read = registrant.client.get(MINE).json
    assert (read["state"], read["reason"]) == ("rejected", "批文不清晰")

    again = registrant.check(agent=None, certificate_number="杭编〔2026〕1号")
    assert again.status_code == 200, again.json
    assert registrant.submit().status_code == 201
    assert decide("approved").json["state"] == "approved"
    (told,) = units.told(UnitRegisteredV1)
    assert (told.account_id, told.org_code, told.uscc, told.name) == (registrant.account_id, "", "", "示例街道筹备组")
    mine = units.client(unit_actor(told.unit_id, account_id=registrant.account_id)).get("/v1/units/mine").json
    assert (mine["unit_type"], mine["contact_name"]) == ("other_non_legal_person", "张三")
    assert registrant.check().json["code"] == "already_registered"


def test_another_bureau_neither_sees_nor_decides_a_registration(
    units: UnderTest, registrant: Registrant, bureau: UUID
) -> None:
    registrant.check()
    registrant.submit()
    (waiting,) = units.client(office_actor(bureau, "review.decide")).get("/v1/registration-cases").json["items"]
    stranger = units.client(office_actor(uuid7(), "review.decide"))
    assert stranger.get("/v1/registration-cases").json["items"] == []
    path, tag = f"/v1/registration-cases/{waiting['id']}/decision", {"If-Match": f'"{waiting["version"]}"'}
    assert stranger.put(path, json={"state": "approved"}, headers=tag).status_code == 404
    assert units.client(office_actor(bureau, "password.change")).get("/v1/registration-cases").status_code == 403
    assert units.client(registrant_actor()).get(MINE).status_code == 404


def test_a_second_unit_without_code_registers_under_the_same_department(
    units: UnderTest, registrant: Registrant, decide: Callable[..., Any]
) -> None:
    other = Registrant(units, UUID(registrant.whole["department_id"]))
    for one in (registrant, other):
        one.check()
        one.submit()
        assert decide("approved").status_code == 200
    assert len(units.told(UnitRegisteredV1)) == 2


def test_what_nobody_hands_in_is_forgotten_after_a_day(units: UnderTest, registrant: Registrant) -> None:
    registrant.check()
    for hours, left in ((23, 1), (25, 0)):
        with units.service.sessions.begin() as session:
            registration_cases.forget_unfinished(session, now=clock.now() + timedelta(hours=hours))
        with units.sessions() as session:
            assert len(session.query(RegistrationCase).all()) == left
