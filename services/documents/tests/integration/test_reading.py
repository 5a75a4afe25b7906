"""Who may read a file, and how it is handed out."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from shenbao_common.contracts.applications import ApplicationResubmittedV1, ApplicationSubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import (
    admin_actor,
    office_actor,
    person_actor,
    registrant_actor,
    sub_account_actor,
    unit_actor,
)
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest


def test_a_file_exists_for_its_owner_and_its_unit_only(documents: UnderTest, send: Any, samples: Any) -> None:
    unit = unit_actor()
    owner, colleague = (sub_account_actor(UUID(str(unit.unit_id))) for _ in range(2))
    file = send(owner, samples.pdf()).json["id"]
    for reader in (owner, unit):
        shown = documents.client(reader).get(f"/v1/files/{file}")
        assert (shown.status_code, shown.json["name"], shown.json["pages"]) == (200, "form.pdf", 1)
    for stranger in (colleague, unit_actor(), office_actor(), admin_actor(), person_actor()):
        for path in (f"/v1/files/{file}", f"/v1/files/{file}/content"):
            assert documents.client(stranger).get(path).status_code == 404
    assert documents.client().get(f"/v1/files/{file}").status_code == 401


def test_a_unit_without_number_sees_no_registrants_file(documents: UnderTest, send: Any, samples: Any) -> None:
    file = send(registrant_actor(), samples.image(), "a.png", "code_certificate").json["id"]
    unfinished = replace(unit_actor(), unit_id=None)
    assert documents.client(unfinished).get(f"/v1/files/{file}").status_code == 404


def test_offices_of_the_route_read_what_a_reported_application_stands_on(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    unit, office, other = unit_actor(), office_actor(), office_actor()
    first, later = (send(unit, samples.pdf()).json["id"] for _ in range(2))
    application = str(uuid7())
    opened = {"application_id": application, "organisation_id": str(office.organisation_id)}
    documents.hear(example_event(StepOpenedV1, **opened))
    assert documents.client(office).get(f"/v1/files/{first}").status_code == 404
    documents.hear(example_event(ApplicationSubmittedV1, application_id=application, document_ids=[first, first]))
    documents.hear(example_event(ApplicationResubmittedV1, application_id=application, document_ids=[later]))
    assert [
        documents.client(office).get(f"/v1/files/{f}/content", buffered=True).status_code for f in (first, later)
    ] == [200, 200]
    assert documents.client(other).get(f"/v1/files/{first}").status_code == 404


def test_the_filler_reads_what_the_unit_added_to_the_application(documents: UnderTest, send: Any, samples: Any) -> None:
    unit = unit_actor()
    filler = sub_account_actor(UUID(str(unit.unit_id)))
    file = send(unit, samples.pdf()).json["id"]
    reported = {"application_id": str(uuid7()), "filler_id": str(filler.account_id), "document_ids": [file]}
    documents.hear(example_event(ApplicationSubmittedV1, **reported))
    assert documents.client(filler).get(f"/v1/files/{file}").status_code == 200


def test_content_is_handed_out_whole_named_and_harmless(documents: UnderTest, send: Any, samples: Any) -> None:
    unit, body = unit_actor(), samples.pdf(3000)
    file = send(unit, body, "评审 表😀.pdf").json["id"]
    answer = documents.client(unit).get(f"/v1/files/{file}/content", buffered=True)
    assert answer.data == body
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"shenbao.pdf\"; filename*=UTF-8''%E8%AF%84%E5%AE%A1%20%E8%A1%A8%F0%9F%98%80.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    shown = documents.client(unit).get(f"/v1/files/{file}/content?inline=true", buffered=True)
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    part = documents.client(unit).get(f"/v1/files/{file}/content", headers={"Range": "bytes=0-7"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"%PDF-1.7")


def test_an_image_is_shown_in_a_sandbox(documents: UnderTest, send: Any, samples: Any) -> None:
    unit = unit_actor()
    file = send(unit, samples.image(), "a.png", "attachment:title_initial_determination:3:attachment_files").json
    answer = documents.client(unit).get(f"/v1/files/{file['id']}/content?inline=true", buffered=True)
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
