"""What is due is erased and proved, what is held or still used is not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationSavedV1,
    ApplicationSubmittedV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.review import (
    ReconsiderationAskedV1,
    ReconsiderationDecidedV1,
    StepFailedV1,
    StepOpenedV1,
)
from shenbao_common.data.audit import entry
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep

PROOF = "material:kept:1:proof"
RETENTION = {"files": {"approved": 120, "otherwise": 36}, "prints": {"otherwise": 36}, "unused_months": 12}


@pytest.fixture
def documents(documents: UnderTest, pack: dict[str, Any]) -> UnderTest:
    """With a programme that says how long what is kept."""
    texts = {"documents": pack["documents"], "templates": pack["templates"]}
    kept = {"materials": [{"key": "proof", "formats": ["pdf"]}], "retention": RETENTION}
    documents.hear(ProgrammePublishedV1(programme="kept", version=1, pack=texts | kept))
    return documents


@pytest.fixture
def years_pass(documents: UnderTest) -> Callable[..., None]:
    """The worker sweeps when so much time has passed; twice, so that bytes of rows that went are gone too."""
    storage = documents.app.extensions["shenbao_documents"].storage

    def passed(**time: float) -> None:
        for _ in range(2):
            sweep(documents.service.sessions, storage, clock.now() + timedelta(**time))

    return passed


def reported(documents: UnderTest, unit: Actor, *files: str, application: str = "", round: int = 1) -> str:
    application = application or str(uuid7())
    whose = {"unit_id": str(unit.unit_id), "filler_id": str(unit.account_id)}
    of = {"programme": "kept", "version": 1, "round": round, "revision": 2 * round}
    documents.hear(
        example_event(ApplicationSubmittedV1, application_id=application, document_ids=list(files), **whose, **of)
    )
    return application


def rejected(documents: UnderTest, application: str, *, round: int = 1, at: datetime | None = None) -> None:
    decided = (at or clock.now()).isoformat()
    documents.hear(example_event(StepFailedV1, application_id=application, round=round, decided_at=decided))


def printed(documents: UnderTest, unit: Actor, application: str) -> str:
    claims = {
        "kind": "determination_form",
        "application_id": application,
        "revision": 4,
        "reported": True,
        "print_hash": "content-1",
        "programme": "kept",
        "version": 1,
        "unit_id": str(unit.unit_id),
        "filler_id": str(unit.account_id),
        "reference": "CD2014000123",
        "sections": {"basic": {"person_name": "测试"}},
    }
    sheet = documents.slip("applications", "shenbao-sheet+jwt", claims)
    made = documents.client(unit).post("/v1/prints", json={"sheet": sheet})
    assert made.status_code == 201, made.json
    return f"/v1/prints/{made.json['id']}"


def proofs(documents: UnderTest, subject: str) -> list[Any]:
    with documents.service.engine.connect() as connection:
        found = sa.select(entry).where(entry.c.act == "erased", entry.c.subject == subject)
        return list(connection.execute(found))


def test_what_a_rejected_case_stood_on_goes_after_three_years_and_the_trail_proves_it(
    documents: UnderTest, send: Any, samples: Any, kept: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    file = send(unit, samples.pdf(), "证书.pdf", PROOF).json
    application = reported(documents, unit, file["id"])
    form = printed(documents, unit, application)
    rejected(documents, application)
    years_pass(days=3 * 365 - 1)
    assert client.get(f"/v1/files/{file['id']}/content", buffered=True).data == samples.pdf()
    assert (client.get(f"{form}/content", buffered=True).status_code, proofs(documents, application)) == (200, [])

    years_pass(days=3 * 365 + 2)
    assert client.get(f"/v1/files/{file['id']}").status_code == 404
    assert client.get(f"{form}/content").status_code == 404
    assert kept() == []
    [proof] = proofs(documents, application)
    assert (proof.purpose, proof.person_id, proof.actor_id) == ("retention", unit.account_id, None)
    assert proof.details["rule"]["outcome"] == "otherwise"
    assert proof.details["erased"]["files"] == [{"id": file["id"], "sha256": file["sha256"]}]
    assert len(proof.details["erased"]["prints"]) == 1
    years_pass(days=4 * 365)
    assert len(proofs(documents, application)) == 1


def test_of_an_approved_case_the_files_go_after_ten_years_and_the_form_stays(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    file = send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"]
    application = reported(documents, unit, file)
    form = printed(documents, unit, application)
    documents.hear(example_event(ApplicationApprovedV1, application_id=application))
    years_pass(days=3650)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 200
    years_pass(days=3655)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 404
    assert documents.client(unit).get(f"{form}/content", buffered=True).status_code == 200


def test_an_open_case_is_kept_however_long_it_takes_and_so_is_one_that_was_declared_again(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    file, second, third = (send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"] for _ in range(3))
    reported(documents, unit, file)
    again = reported(documents, unit, second)
    rejected(documents, again)
    reported(documents, unit, second, application=again, round=2)
    rejected(documents, again)  # Late news of the first round.
    resumed = reported(documents, unit, third)
    rejected(documents, resumed)
    documents.hear(example_event(ApplicationSavedV1, application_id=resumed, revision=3, document_ids=[third]))
    years_pass(days=30 * 365)
    answers = [documents.client(unit).get(f"/v1/files/{one}").status_code for one in (file, second, third)]
    assert answers == [200] * 3


def test_a_reconsideration_that_is_open_holds_also_when_its_news_comes_in_another_order(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    file = send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"]
    application = reported(documents, unit, file)
    rejected(documents, application)

    def told(kind: Any, number: str) -> None:
        documents.hear(example_event(kind, application_id=application, reconsideration_id=number))

    first, second = str(uuid7()), str(uuid7())
    told(ReconsiderationAskedV1, first)
    told(ReconsiderationDecidedV1, second)
    told(ReconsiderationAskedV1, second)
    years_pass(days=4 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 200
    told(ReconsiderationDecidedV1, first)
    years_pass(days=4 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 404


def test_a_legal_hold_of_an_office_holds_until_it_is_lifted(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit, office = unit_actor(), office_actor()
    file = send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"]
    application = reported(documents, unit, file)
    opened = {"organisation_id": str(office.organisation_id), "organisation_name": "市人社局"}
    documents.hear(example_event(StepOpenedV1, application_id=application, **opened))
    rejected(documents, application)
    path, desk = f"/v1/legal-holds/{application}", documents.client(office)
    assert desk.put(path, json={"reason": "行政复议"}).status_code == 200
    [listed] = desk.get("/v1/legal-holds").json["items"]
    assert (listed["application_id"], listed["reason"]) == (application, "行政复议")
    assert [one["application_id"] for one in documents.client(admin_actor()).get("/v1/legal-holds").json["items"]] == [
        application
    ]
    with documents.service.engine.connect() as connection:
        [stored] = connection.exec_driver_sql("select reason from hold").scalars().all()
    assert "行政复议".encode() not in bytes(stored)
    years_pass(days=4 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 200
    assert desk.delete(path).status_code == 204
    assert (desk.delete(path).status_code, desk.get("/v1/legal-holds").json["items"]) == (404, [])
    years_pass(days=4 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 404


def test_of_four_who_place_a_hold_at_once_none_meets_a_fault(documents: UnderTest) -> None:
    office = office_actor()
    for _ in range(5):
        application = reported(documents, unit_actor())
        opened = {"application_id": application, "organisation_id": str(office.organisation_id)}
        documents.hear(example_event(StepOpenedV1, **opened))

        def place(_: int, path: str = f"/v1/legal-holds/{application}") -> int:
            return documents.client(office).put(path, json={"reason": "复议"}).status_code

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(place, range(4))) == {200}


def test_strangers_neither_place_nor_see_nor_lift_a_hold(documents: UnderTest) -> None:
    unit, office, stranger = unit_actor(), office_actor(), office_actor()
    application = reported(documents, unit)
    documents.hear(example_event(StepOpenedV1, application_id=application, organisation_id=str(office.organisation_id)))
    path = f"/v1/legal-holds/{application}"
    assert documents.client(office).put(path, json={"reason": "复议"}).status_code == 200
    assert documents.client(stranger).put(path, json={"reason": "复议"}).status_code == 404
    assert documents.client(stranger).delete(path).status_code == 404
    assert documents.client(stranger).get("/v1/legal-holds").json["items"] == []
    clerk = replace(office, permissions=frozenset())
    assert documents.client(clerk).delete(path).status_code == 403
    for other in (unit, None):
        client = documents.client(other) if other else documents.client()
        assert client.put(path, json={"reason": "复议"}).status_code == (403 if other else 401)
    assert documents.client(admin_actor()).put(f"/v1/legal-holds/{uuid4()}", json={"reason": "x"}).status_code == 404
    refused = documents.client(office).put(path, json={})
    assert [(one["code"], one["path"]) for one in refused.json["errors"]] == [("required", "reason")]


def test_a_file_of_two_cases_stays_as_long_as_either_needs_it(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    file = send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"]
    first, second = (reported(documents, unit, file) for _ in range(2))
    rejected(documents, first)
    documents.hear(example_event(ApplicationApprovedV1, application_id=second))
    years_pass(days=9 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 200
    years_pass(days=11 * 365)
    assert documents.client(unit).get(f"/v1/files/{file}").status_code == 404


def test_a_file_that_nothing_ever_stood_on_goes_after_a_year_and_one_of_a_draft_or_the_wallet_does_not(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit = unit_actor()
    unused, used = (send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"] for _ in range(2))
    own = send(unit, samples.pdf(), "证书.pdf", "wallet").json["id"]
    documents.hear(example_event(ApplicationSavedV1, application_id=str(uuid7()), revision=1, document_ids=[used]))
    before = send(unit, samples.pdf(), "证书.pdf", PROOF).json["id"]
    with documents.service.engine.begin() as connection:
        connection.execute(sa.text("update file set look_at = null where id = :id"), {"id": before})

    def left() -> list[bool]:
        found = (documents.client(unit).get(f"/v1/files/{one}").status_code for one in (unused, used, own, before))
        return [status == 200 for status in found]

    years_pass(days=364)
    assert left() == [True, True, True, True]
    years_pass(days=367)
    assert left() == [False, True, True, True]
    [proof] = proofs(documents, unused)
    assert proof.details["rule"] == {"purpose": PROOF, "unused_months": 12}
    years_pass(days=5 * 365)
    assert left() == [False, True, True, True]


def test_scans_of_a_registration_that_nobody_went_on_with_go_and_those_of_a_unit_stay(
    documents: UnderTest, send: Any, samples: Any, years_pass: Any
) -> None:
    unit, nobody = unit_actor(), replace(unit_actor(), unit_id=None)
    scans = [
        (actor, send(actor, samples.image("JPEG"), "证.jpg", "unit_certificate").json["id"]) for actor in (unit, nobody)
    ]
    years_pass(days=100)
    assert [documents.client(actor).get(f"/v1/files/{scan}").status_code for actor, scan in scans] == [200, 404]
