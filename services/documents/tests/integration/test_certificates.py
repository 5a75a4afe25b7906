"""Certificates: numbered without gaps, signed, verified by anybody, never valid again once ended."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from shenbao_common.contracts.documents import (
    CertificateExtendedV1,
    CertificateIssuedV1,
    CertificateReplacedV1,
    CertificateRevokedV1,
)
from shenbao_common.contracts.review import ReconsiderationDecidedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.timing import tell_apart

TODAY = datetime.now(UTC).astimezone(OFFICE_ZONE).date()
WORDING = {"series": "CD", "holder": "测试𬱖𠮷", "title": "助理工程师", "valid_until": "2099-03-01"}
Approved = Callable[..., str]


@pytest.fixture
def issued(documents: UnderTest, office: Actor, approved: Approved) -> Callable[..., Any]:
    def make(**changes: Any) -> Any:
        answer = documents.client(office).post(
            "/v1/certificates", json={"application_id": approved(), **WORDING, **changes}
        )
        assert answer.status_code == 201, answer.json
        return answer.json

    return make


def asked(documents: UnderTest, number: str, name: str) -> Any:
    return documents.client().post("/v1/verifications", json={"number": number, "name": name})


def scanned(documents: UnderTest, certificate: Any) -> Any:
    return documents.client().get(f"/v1/verifications/{certificate['code']}").json


def act(documents: UnderTest, office: Actor, certificate: Any, deed: str, **body: Any) -> Any:
    return documents.client(office).post(f"/v1/certificates/{certificate['id']}/{deed}", json=body)


def pdf_of(documents: UnderTest, office: Actor, certificate: Any) -> bytes:
    answer = documents.client(office).get(f"/v1/certificates/{certificate['id']}/content", buffered=True)
    assert answer.mimetype == "application/pdf"
    return bytes(answer.data)


def checked(documents: UnderTest, pdf: bytes) -> Any:
    form = {"file": FileStorage(io.BytesIO(pdf), "证书.pdf")}
    answer = documents.client().post("/v1/validations", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.req("B-11")
def test_a_revoked_certificate_says_so_and_a_wrong_name_answers_as_an_unknown_number_does(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    certificate = issued()
    assert scanned(documents, certificate)["state"] == "valid"
    found = asked(documents, certificate["number"], "测试𬱖𠮷")
    assert (found.status_code, found.json["state"], found.json["title"]) == (200, "valid", "助理工程师")

    done = act(documents, office, certificate, "revocation", reason="材料不实")
    assert (done.status_code, done.json["state"]) == (200, "revoked")
    told = scanned(documents, certificate)
    assert (told["state"], told["ended_on"]) == ("revoked", TODAY.isoformat())
    assert asked(documents, certificate["number"], "测试𬱖𠮷").json["state"] == "revoked"

    wrong_name = asked(documents, certificate["number"], "李四")
    unknown = asked(documents, "CD2099999999", "测试𬱖𠮷")
    assert wrong_name.status_code == unknown.status_code == 404
    assert {**wrong_name.json, "trace": ""} == {**unknown.json, "trace": ""}
    wrong = {"name": (certificate["number"], "李四"), "number": ("CD2099999999", "测试𬱖𠮷")}
    assert tell_apart({what: lambda _, said=said: asked(documents, *said) for what, said in wrong.items()}) == {}
    assert documents.client().get("/v1/verifications/nobody-guesses-this").status_code == 404

    for deed, body in (
        ("revocation", {"reason": "再次"}),
        ("extension", {"valid_until": "2100-01-01"}),
        ("replacement", {**WORDING, "reason": "补发"}),
    ):
        refused = act(documents, office, certificate, deed, **body)
        assert (refused.status_code, refused.json["code"]) == (409, "certificate_over")
    assert checked(documents, pdf_of(documents, office, certificate))["certificate"]["state"] == "revoked"


@pytest.mark.req("B-11")
def test_the_code_on_the_paper_leads_to_the_address_that_verifies(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    certificate = issued()
    text = "".join(PdfReader(io.BytesIO(pdf_of(documents, office, certificate))).pages[0].extract_text().split())
    for wanted in ("测试𬱖𠮷", certificate["number"], "助理工程师", "2099年3月1日", "杭州市人力资源和社会保障局"):
        assert wanted in text
    assert f"http://portal.test/verify/{certificate['code']}" in text
    assert len(certificate["code"]) == 24


def test_an_expired_certificate_is_told_as_expired_and_may_be_extended(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    certificate = issued(valid_until=TODAY.isoformat())
    assert scanned(documents, certificate)["state"] == "valid"
    with documents.service.engine.begin() as connection:
        yesterday = TODAY - timedelta(days=1)
        connection.exec_driver_sql("update certificate set valid_until = %s", (yesterday,))
    assert scanned(documents, certificate)["state"] == "expired"
    sooner = act(documents, office, certificate, "extension", valid_until="2001-01-01")
    assert sooner.json["errors"] == [{"code": "not_later", "path": "valid_until", "params": {}}]
    longer = act(documents, office, certificate, "extension", valid_until="2030-12-31").json
    assert (longer["number"], longer["state"]) == (certificate["number"], "valid")
    assert "2030年12月31日" in PdfReader(io.BytesIO(pdf_of(documents, office, certificate))).pages[0].extract_text()
    assert [e.valid_until for e in documents.told(CertificateExtendedV1)] == [date(2030, 12, 31)]


def test_a_replaced_certificate_never_verifies_again_and_its_successor_has_another_number(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    old = issued(holder="测试甲")
    new = act(documents, office, old, "replacement", **WORDING, reason="姓名有误").json
    assert (old["number"], new["number"]) == (f"CD{TODAY.year}000001", f"CD{TODAY.year}000002")
    assert (scanned(documents, old)["state"], scanned(documents, new)["state"]) == ("replaced", "valid")
    assert asked(documents, old["number"], "测试甲").json["state"] == "replaced"
    [told] = documents.told(CertificateReplacedV1)
    assert (str(told.certificate_id), str(told.replaced_by_id)) == (old["id"], new["id"])
    listed = documents.client(office).get(f"/v1/certificates?application_id={old['application_id']}").json["items"]
    assert [(c["number"], c["state"]) for c in listed] == [(new["number"], "valid"), (old["number"], "replaced")]


def test_what_is_told_of_a_certificate_names_nobody(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    certificate = issued()
    act(documents, office, certificate, "revocation", reason="材料不实")
    events = [*documents.told(CertificateIssuedV1), *documents.told(CertificateRevokedV1)]
    assert [e.number for e in events] == [certificate["number"]] * 2
    assert not any("测试" in str(e.to_wire()) or "材料" in str(e.to_wire()) for e in events)
    with documents.service.engine.connect() as connection:
        kept = connection.exec_driver_sql("select holder, reason from certificate").one()
    assert not any("测试".encode() in bytes(v) or "材料".encode() in bytes(v) for v in kept)


def test_numbers_have_neither_gaps_nor_repeats_when_many_issue_at_once_and_some_are_refused(
    documents: UnderTest, office: Actor, approved: Approved
) -> None:
    applications = [approved(positive=number % 4 != 0) for number in range(16)]
    answers: list[Any] = []

    def issue(share: list[str]) -> None:
        client = documents.client(office)
        for application in share:
            answers.append(client.post("/v1/certificates", json={"application_id": application, **WORDING}))
            wrong = {"application_id": application, **WORDING, "holder": "测\ue000试"}
            answers.append(client.post("/v1/certificates", json=wrong))

    threads = [threading.Thread(target=issue, args=(applications[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(a.json["number"] for a in answers if a.status_code == 201)
    assert numbers == [f"CD{TODAY.year}{n:06d}" for n in range(1, 13)]
    assert {a.status_code for a in answers} == {201, 409}


def test_a_name_that_cannot_be_printed_uses_up_no_number(
    documents: UnderTest, office: Actor, approved: Approved
) -> None:
    client = documents.client(office)
    wrong = client.post("/v1/certificates", json={"application_id": approved(), **WORDING, "holder": "测\ue000试"})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "glyph_missing")
    right = client.post("/v1/certificates", json={"application_id": approved(), **WORDING})
    assert right.json["number"] == f"CD{TODAY.year}000001"


def test_who_may_issue_and_for_what(documents: UnderTest, office: Actor, approved: Approved) -> None:
    application, waiting = approved(), approved(positive=False)
    body = {"application_id": application, **WORDING}
    for stranger, status in ((office_actor(), 404), (unit_actor(), 403), (admin_actor(), 403), (person_actor(), 403)):
        assert documents.client(stranger).post("/v1/certificates", json=body).status_code == status
    reader = office_actor(office.organisation_id, "application.export")
    assert documents.client(reader).post("/v1/certificates", json=body).json["code"] == "permission_missing"
    early = documents.client(office).post("/v1/certificates", json=body | {"application_id": waiting})
    assert (early.status_code, early.json["code"]) == (409, "not_approved")
    assert documents.client(office).post("/v1/certificates", json=body).status_code == 201
    again = documents.client(office).post("/v1/certificates", json=body)
    assert (again.status_code, again.json["code"]) == (409, "already_certified")
    wrong = documents.client(office).post("/v1/certificates", json={"series": "cd-1", "holder": "", "x": 1})
    assert {e["path"] for e in wrong.json["errors"]} >= {"series", "holder", "x", "application_id", "title"}


def test_who_may_read_a_certificate(documents: UnderTest, office: Actor, approved: Approved) -> None:
    unit = unit_actor()
    application = approved(unit)
    made = documents.client(office).post("/v1/certificates", json={"application_id": application, **WORDING}).json
    assert pdf_of(documents, unit, made).startswith(b"%PDF-")
    for stranger in (office_actor(), unit_actor(), person_actor()):
        client = documents.client(stranger)
        assert client.get(f"/v1/certificates/{made['id']}/content").status_code == 404
        assert client.get(f"/v1/certificates?application_id={application}").json["items"] == []
        assert client.post(f"/v1/certificates/{made['id']}/revocation", json={"reason": "x"}).status_code == 404
    refused = documents.client(unit).post(f"/v1/certificates/{made['id']}/revocation", json={"reason": "x"})
    assert refused.status_code == 404


@pytest.mark.req("B-12")
def test_another_validator_trusts_the_signature_and_one_changed_byte_breaks_it(
    documents: UnderTest, office: Actor, issued: Callable[..., Any], seal_bundle: str
) -> None:
    pdf = pdf_of(documents, office, issued())
    root = [x509.Certificate.load(der) for kind, _, der in pem.unarmor(seal_bundle.encode(), multiple=True)][-1:]
    assert judged(pdf, root) == (True, True, "ENTIRE_FILE")
    assert b"/ETSI.CAdES.detached" in pdf
    place = pdf.index(b"/MediaBox") + 12
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert judged(changed, root)[:2] == (False, False)

    ours = checked(documents, pdf)
    assert (ours["signed"], ours["intact"], ours["trusted"]) == (True, True, True)
    assert ours["certificate"]["state"] == "valid"
    theirs = checked(documents, changed)
    assert (theirs["signed"], theirs["intact"], theirs["certificate"]) == (True, False, None)


def judged(pdf: bytes, roots: list[x509.Certificate]) -> tuple[bool, bool, str]:
    """By pyHanko with nothing but the deployment's root."""
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
    return bool(status.intact and status.valid), bool(status.trusted), status.coverage.name


def test_what_was_added_behind_the_signature_is_told_as_changed(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    pdf = pdf_of(documents, office, issued())
    added = checked(documents, pdf + b"\n%%EOF\n")
    assert (added["signed"], added["intact"]) == (True, False)


def test_any_other_file_is_judged_without_an_error(documents: UnderTest, samples: Any) -> None:
    assert checked(documents, samples.pdf()) == {
        "signed": False,
        "intact": False,
        "trusted": False,
        "signer": "",
        "signed_at": None,
        "certificate": None,
        "earlier_print": None,
    }
    for body in (samples.pdf_with_script(), samples.encrypted_pdf(), samples.pdf(900)[:500], b"%PDF-1.7"):
        assert checked(documents, body)["intact"] is False
    form = {"file": FileStorage(io.BytesIO(b"MZ"), "a.pdf")}
    refused = documents.client().post("/v1/validations", data=form, content_type="multipart/form-data")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "wrong_format")


def test_a_certificate_is_revoked_once_also_while_a_reconsideration_is_decided(
    documents: UnderTest, office: Actor, issued: Callable[..., Any]
) -> None:
    for _ in range(5):
        made = issued()
        decided = ReconsiderationDecidedV1(
            application_id=UUID(made["application_id"]),
            reconsideration_id=uuid7(),
            granted=True,
            decided_at=datetime.now(UTC),
        )
        with ThreadPoolExecutor(3) as pool:
            ends = [pool.submit(act, documents, office, made, "revocation", reason="材料不实") for _ in range(2)]
            heard = pool.submit(documents.hear, decided)
        heard.result()
        assert sorted(end.result().status_code for end in ends) == [200, 409]
        assert scanned(documents, made)["state"] == "revoked"
    assert len(documents.told(CertificateRevokedV1)) == 5
