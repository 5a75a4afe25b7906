"""Uploads: checked by what they are, kept whole or not at all."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import UnitRegisteredV1
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
from shenbao_documents.models import File

FOUR_MB = 4_194_304
ATTACHMENT = "attachment:title_initial_determination:3:attachment_files"
FORM = "material:title_initial_determination:3:evaluation_form_file"
Kept = Callable[[], list[Path]]


def problem(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.json
    found: dict[str, Any] = answer.json["errors"][0]
    return found


def rows(documents: UnderTest) -> int:
    with documents.sessions() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(File)) or 0


@pytest.mark.req("S4g-14")
def test_an_evaluation_form_of_exactly_4_mb_is_accepted(send: Any, samples: Any, kept: Kept) -> None:
    body = samples.pdf(FOUR_MB, pages=2)
    answer = send(unit_actor(), body, "评审表.pdf")
    assert answer.status_code == 201, answer.json
    assert answer.json["size"] == len(body) == 4_194_304
    assert answer.json["pages"] == 2
    assert [path.read_bytes() == body for path in kept()] == [True]


@pytest.mark.req("S4g-14")
def test_one_byte_more_is_refused_with_the_limit(send: Any, samples: Any, kept: Kept, documents: UnderTest) -> None:
    found = problem(send(unit_actor(), samples.pdf(4_194_305)))
    assert found == {"code": "file_too_large", "path": "file", "params": {"limit": 4_194_304}}
    assert kept() == []
    assert rows(documents) == 0


@pytest.mark.req("S4g-14")
@pytest.mark.parametrize("body", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"%PDF-1.7 but named otherwise"])
def test_a_doc_file_is_refused_with_the_limit(send: Any, body: bytes) -> None:
    found = problem(send(unit_actor(), body, "form.doc"))
    assert found["code"] == "wrong_format"
    assert found["params"] == {"allowed": "pdf", "limit": 4_194_304}


def test_a_large_file_of_a_wrong_kind_hears_both_objections_at_once(send: Any) -> None:
    answer = send(unit_actor(), b"MZ" + bytes(FOUR_MB), "form.exe")
    assert [e["code"] for e in answer.json["errors"]] == ["file_too_large", "wrong_format"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda s: b"", "file_empty"),
        (lambda s: b"MZ\x90\x00" + bytes(500), "wrong_format"),
        (lambda s: b"<svg onload='alert(1)'/>", "wrong_format"),
        (lambda s: s.image(), "wrong_format"),
        (lambda s: s.encrypted_pdf(), "file_encrypted"),
        (lambda s: s.pdf(5000)[:4900], "file_damaged"),
        (lambda s: b"%PDF-1.7\nstartxref\n99\n%%EOF\n", "file_damaged"),
        (lambda s: s.pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), "file_damaged"),
        (lambda s: s.pdf_with_script(), "file_has_script"),
        (lambda s: s.pdf_with_attachment(), "file_has_script"),
        (lambda s: s.pdf_with_packed_script(), "file_has_script"),
        (lambda s: s.pdf_that_launches(), "file_has_script"),
        (lambda s: s.pdf_that_submits(), "file_has_script"),
    ],
)
def test_a_bad_pdf_is_refused_and_nothing_is_left(
    send: Any, samples: Any, kept: Kept, documents: UnderTest, make: Any, code: str
) -> None:
    assert problem(send(unit_actor(), make(samples)))["code"] == code
    assert kept() == []
    assert rows(documents) == 0


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda s: s.bomb(), "image_too_large"),
        (lambda s: s.image("PNG")[:-20], "file_damaged"),
        (lambda s: s.image("JPEG", (400, 300))[:900], "file_damaged"),
        (lambda s: s.image("GIF"), "wrong_format"),
        (lambda s: s.jpeg_of_scans(100), "file_damaged"),
    ],
)
def test_a_bad_image_is_refused_and_nothing_is_left(send: Any, samples: Any, kept: Kept, make: Any, code: str) -> None:
    assert problem(send(unit_actor(), make(samples), "证书.png", ATTACHMENT))["code"] == code
    assert kept() == []


def test_a_progressive_image_is_accepted(send: Any, samples: Any) -> None:
    answer = send(unit_actor(), samples.jpeg_of_scans(2), "照片.jpg", ATTACHMENT)
    assert answer.status_code == 201, answer.json


@pytest.mark.parametrize(
    ("form", "mode", "name"),
    [("PNG", "RGB", "a.png"), ("PNG", "1", "a.png"), ("JPEG", "L", "a.jpg"), ("JPEG", "CMYK", "a.JPEG")],
)
def test_images_are_accepted_as_attachments(send: Any, samples: Any, form: str, mode: str, name: str) -> None:
    answer = send(unit_actor(), samples.image(form, mode=mode), name, ATTACHMENT)
    assert answer.status_code == 201, answer.json
    assert answer.json["pages"] is None


def test_the_receipt_says_what_was_checked(send: Any, samples: Any, documents: UnderTest) -> None:
    unit, body = unit_actor(), samples.pdf(2000)
    answer = send(unit, body, "../../etc/评审\u202e表.pdf").json
    keys = documents.service.keys_of("documents")
    claims = keys.verify("shenbao-receipt+jwt", answer["receipt"])
    assert claims["iss"] == "documents"
    assert {k: v for k, v in claims.items() if k not in {"iss", "iat", "exp", "made_at"}} == {
        "source": "upload",
        "document_id": answer["id"],
        "name": "评审表.pdf",
        "size": 2000,
        "sha256": hashlib.sha256(body).hexdigest(),
        "media_type": "application/pdf",
        "pages": 1,
        "purpose": FORM,
        "account_id": str(unit.account_id),
        "unit_id": str(unit.unit_id),
    }


@pytest.mark.parametrize(
    "purpose",
    [
        "material:title_initial_determination:3:unknown",
        "material:title_initial_determination:4:evaluation_form_file",
        "material:title_initial_determination:x:evaluation_form_file",
        "material:other:3:evaluation_form_file",
        "certificate",
        "material:::",
    ],
)
def test_an_unknown_purpose_is_refused(send: Any, samples: Any, purpose: str) -> None:
    assert problem(send(unit_actor(), samples.pdf(), purpose=purpose)) == {
        "code": "unknown_choice",
        "path": "purpose",
        "params": {},
    }


def test_missing_and_unknown_parts_are_named(documents: UnderTest) -> None:
    client = documents.client(unit_actor())
    assert client.post("/v1/files", data={"purpose": FORM}).json["errors"][0]["path"] == "file"
    body = {"file": (io.BytesIO(b"x"), "x.pdf"), "purpose": FORM, "folder": "/etc"}
    assert client.post("/v1/files", data=body).json["errors"] == [
        {"code": "unknown_field", "path": "folder", "params": {}}
    ]
    assert client.post("/v1/files", json={"purpose": FORM}).status_code == 422


def test_a_body_above_every_limit_is_refused_unread(documents: UnderTest) -> None:
    client = documents.client(unit_actor())
    announced = {"CONTENT_LENGTH": str(65 * 1024**2), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert client.post("/v1/files", environ_overrides=announced).status_code == 413
    assert client.post("/v1/prints", data=b"x" * 10_000_000, content_type="application/json").status_code == 413


def test_the_same_key_uploads_once(documents: UnderTest, samples: Any) -> None:
    client, answers = documents.client(unit_actor()), []
    for _ in range(2):
        form = {"file": (io.BytesIO(samples.pdf()), "a.pdf"), "purpose": FORM}
        answers.append(client.post("/v1/files", data=form, headers={"Idempotency-Key": "double-click"}))
    assert answers[0].json == answers[1].json
    assert rows(documents) == 1


def test_who_may_upload_what(send: Any, samples: Any) -> None:
    body = samples.pdf()
    unit = unit_actor()
    assert send(sub_account_actor(UUID(str(unit.unit_id))), body).status_code == 201
    assert send(sub_account_actor(UUID(str(unit.unit_id)), "application.print"), body).status_code == 403
    assert send(person_actor(), body).status_code == 201
    for stranger in (office_actor(), admin_actor()):
        assert send(stranger, body).status_code == 403
    assert send(registrant_actor(), body).json["code"] == "purpose_not_allowed"


@pytest.mark.req("S4g-03")
def test_the_scan_of_the_code_certificate_is_checked_and_receipted(
    send: Any, samples: Any, documents: UnderTest
) -> None:
    registrant = registrant_actor()
    assert send(registrant, b"MZ" + bytes(99), "scan.pdf", "code_certificate").status_code == 422
    answer = send(registrant, samples.image("JPEG"), "机构代码证.jpg", "code_certificate")
    assert answer.status_code == 201
    claims = documents.service.keys_of("documents").verify("shenbao-receipt+jwt", answer.json["receipt"])
    assert (claims["purpose"], claims["account_id"]) == ("code_certificate", str(registrant.account_id))
    assert claims["unit_id"] is None


@pytest.mark.req("S4g-03")
def test_identitys_ticket_opens_the_upload_of_the_scan_and_nothing_else(documents: UnderTest, samples: Any) -> None:
    client, account = documents.app.test_client(), uuid7()
    ticket = documents.slip("identity", "shenbao-ticket+jwt", {"account_id": str(account), "kind": "unit"})
    head = {"Authorization": f"Bearer {ticket}"}
    form = {"file": (io.BytesIO(samples.image()), "scan.png"), "purpose": "code_certificate"}
    made = client.post("/v1/files", data=form, headers=head)
    assert made.status_code == 201, made.json
    assert client.post("/v1/exports", json={"sheet": "x"}, headers=head).status_code == 403
    other = documents.slip("identity", "shenbao-ticket+jwt", {"account_id": str(account), "kind": "sub_account"})
    assert client.get("/v1/files/1", headers={"Authorization": f"Bearer {other}"}).status_code == 404
    refused = client.get(f"/v1/files/{made.json['id']}", headers={"Authorization": f"Bearer {other}"})
    assert (refused.status_code, refused.json["code"]) == (401, "token_invalid")

    unit = unit_actor()
    documents.hear(example_event(UnitRegisteredV1, account_id=str(account), unit_id=str(unit.unit_id)))
    assert documents.client(unit).get(f"/v1/files/{made.json['id']}").status_code == 200


@pytest.mark.req("S4g-15")
def test_when_the_third_of_five_uploads_fails_four_are_kept(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    bodies = [samples.image(size=(n, n)) for n in range(10, 15)]
    bodies[2] = bodies[2][:-20]
    answers = [send(unit, body, f"附件{n}.png", ATTACHMENT) for n, body in enumerate(bodies, start=1)]
    assert [a.status_code for a in answers] == [201, 201, 422, 201, 201]
    readable = [documents.client(unit).get(f"/v1/files/{a.json['id']}") for a in answers if a.status_code == 201]
    assert [a.json["name"] for a in readable] == ["附件1.png", "附件2.png", "附件4.png", "附件5.png"]
