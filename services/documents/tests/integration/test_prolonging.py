"""A certificate of a recognition that is kept valid."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from shenbao_common.contracts.applications import ApplicationApprovedV1, ApplicationSubmittedV1
from shenbao_common.contracts.documents import CertificateExtendedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep


def content(documents: UnderTest, office: Any, certificate: str) -> bytes:
    with documents.client(office).get(f"/v1/certificates/{certificate}/content") as answer:
        return bytes(answer.data)


def validated(documents: UnderTest, pdf: bytes) -> Any:
    form = {"file": FileStorage(io.BytesIO(pdf), "证书.pdf")}
    return documents.client().post("/v1/validations", data=form, content_type="multipart/form-data").json


@pytest.fixture
def decided_on() -> Iterator[None]:
    """The suite believes to be on the day of the decision, 2024-02-28."""
    wanted = datetime(2024, 2, 28, 1, tzinfo=UTC)
    clock.move(wanted - clock.machine())
    yield
    clock.move(clock.machine() - clock.machine())


@pytest.mark.usefixtures("decided_on")
@pytest.mark.req("S0-34")
def test_an_approval_that_keeps_a_certificate_valid_prolongs_it_once(documents: UnderTest) -> None:
    office, application = office_actor(), str(uuid7())
    opened = {"organisation_id": str(office.organisation_id), "organisation_name": "杭州市人力资源和社会保障局"}
    documents.hear(example_event(StepOpenedV1, application_id=application, **opened))
    documents.hear(example_event(ApplicationSubmittedV1, application_id=application, document_ids=[]))
    documents.hear(example_event(ApplicationApprovedV1, application_id=application))
    wording = {"series": "RC", "holder": "张三", "title": "高层次人才", "valid_until": "2024-03-14"}
    issued = documents.client(office).post("/v1/certificates", json={"application_id": application, **wording})
    certificate = issued.json["id"]
    before = content(documents, office, certificate)
    told = {"application_id": str(uuid7()), "certificate_id": certificate, "valid_until": "2026-03-14"}
    for _ in range(2):
        documents.hear(example_event(ApplicationApprovedV1, **told))
    (extended,) = documents.told(CertificateExtendedV1)
    assert (str(extended.certificate_id), extended.valid_until) == (certificate, date(2026, 3, 14))
    after = content(documents, office, certificate)
    assert after != before
    assert "2026年3月14日" in PdfReader(io.BytesIO(after)).pages[0].extract_text()
    assert content(documents, office, certificate) == after


def test_bytes_of_a_certificate_are_safe_while_they_are_kept_and_go_when_it_is_drawn_anew(
    documents: UnderTest, office: Any, approved: Any, held: list[bool]
) -> None:
    wording = {"series": "RC", "holder": "张三", "title": "高层次人才", "valid_until": "2098-03-14"}
    issued = documents.client(office).post("/v1/certificates", json={"application_id": approved(), **wording})
    path = f"/v1/certificates/{issued.json['id']}"
    first = content(documents, office, issued.json["id"])
    longer = documents.client(office).post(f"{path}/extension", json={"valid_until": "2099-03-14"})
    assert (longer.status_code, held) == (200, [True, True])
    second = content(documents, office, issued.json["id"])
    storage = documents.app.extensions["shenbao_documents"].storage
    sweep(documents.service.sessions, storage, clock.now())
    with pytest.raises(FileNotFoundError):
        storage.open(hashlib.sha256(first).hexdigest())
    assert content(documents, office, issued.json["id"]) == second
    checked = validated(documents, first)
    assert (checked["signed"], checked["intact"], checked["trusted"]) == (True, True, True)
    told = documents.client().get(f"/v1/verifications/{issued.json['code']}").json
    assert (told["state"], told["valid_until"]) == ("valid", "2099-03-14"), "the code on the earlier print leads here"


@pytest.mark.req("B-11")
def test_a_print_of_before_an_extension_is_genuine_and_says_what_is_different(
    documents: UnderTest, office: Any, approved: Any
) -> None:
    wording = {"series": "RC", "holder": "张三", "title": "高层次人才", "valid_until": "2097-03-14"}
    issued = documents.client(office).post("/v1/certificates", json={"application_id": approved(), **wording}).json
    first = content(documents, office, issued["id"])
    assert validated(documents, first)["earlier_print"] is None
    for until in ("2098-03-14", "2099-03-14"):
        renewed = {"application_id": str(uuid7()), "certificate_id": issued["id"], "valid_until": until}
        documents.hear(example_event(ApplicationApprovedV1, **renewed))
    second = content(documents, office, issued["id"])
    path = f"/v1/certificates/{issued['id']}/extension"
    assert documents.client(office).post(path, json={"valid_until": "2100-03-14"}).status_code == 200
    newest = content(documents, office, issued["id"])
    for pdf, said in ((first, "2097-03-14"), (second, "2099-03-14")):
        told = validated(documents, pdf)
        assert (told["intact"], told["trusted"], told["earlier_print"]) == (True, True, {"valid_until": said})
        assert (told["certificate"]["number"], told["certificate"]["valid_until"]) == (issued["number"], "2100-03-14")
    told = validated(documents, newest)
    assert (told["earlier_print"], told["certificate"]["state"]) == (None, "valid")
