"""Numbers that an office's document gave after publicity: on the certificate, and gone with it (S4a-09)."""

from typing import Any

import pytest

from shenbao_common.contracts.documents import CertificateRevokedV1
from shenbao_common.contracts.review import CertificateNumberedV1, CertificateNumberRevokedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest

WORDING = {"series": "CD", "holder": "测试𬱖𠮷", "title": "助理工程师", "valid_until": "2099-03-01"}
NUMBER, UNIT = "ZC2026000001", "示例市人力资源和社会保障局"


@pytest.fixture
def numbered(documents: UnderTest, approved: Any) -> str:
    application: str = approved()
    documents.hear(example_event(CertificateNumberedV1, application_id=application, number=NUMBER, issuing_unit=UNIT))
    return application


def issue(documents: UnderTest, office: Actor, application: str) -> Any:
    return documents.client(office).post("/v1/certificates", json={"application_id": application, **WORDING})


@pytest.mark.req("S4a-09")
def test_a_certificate_bears_the_number_and_the_issuing_unit_of_the_document(
    documents: UnderTest,
    office: Actor,
    numbered: str,
    approved: Any,
) -> None:
    made = issue(documents, office, numbered)
    assert (made.status_code, made.json["number"], made.json["organisation_name"]) == (201, NUMBER, UNIT)
    assert issue(documents, office, approved()).json["number"] == f"CD{office_day(now()).year}000001"


def test_a_revoked_number_ends_its_certificate_and_makes_no_further_one(
    documents: UnderTest,
    office: Actor,
    numbered: str,
) -> None:
    certificate = issue(documents, office, numbered).json
    revoked = example_event(CertificateNumberRevokedV1, application_id=numbered, number=NUMBER, revoked_on="2026-04-20")
    documents.hear(revoked)
    documents.hear(revoked)
    told = documents.client().get(f"/v1/verifications/{certificate['code']}").json
    assert (told["state"], told["ended_on"]) == ("revoked", "2026-04-20")
    named = {"number": NUMBER, "name": WORDING["holder"]}
    assert documents.client().post("/v1/verifications", json=named).json["state"] == "revoked"
    assert [e.number for e in documents.told(CertificateRevokedV1)] == [NUMBER]
    again = issue(documents, office, numbered)
    assert (again.status_code, again.json["code"]) == (409, "number_revoked")
