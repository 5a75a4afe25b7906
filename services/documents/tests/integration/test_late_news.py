"""News of an application in an order that its publisher did not tell it in."""

from shenbao_common.contracts.applications import ApplicationApprovedV1, ApplicationSubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest

WORDING = {"series": "CD", "holder": "张三", "title": "工程师", "valid_until": None}


def test_an_approval_that_is_heard_before_its_report_is_not_forgotten(documents: UnderTest) -> None:
    application, unit, office = str(uuid7()), unit_actor(), office_actor()
    opened = {"organisation_id": str(office.organisation_id), "organisation_name": "杭州市人力资源和社会保障局"}
    documents.hear(example_event(StepOpenedV1, application_id=application, **opened))
    documents.hear(example_event(ApplicationApprovedV1, application_id=application))
    body = {"application_id": application, **WORDING}
    early = documents.client(office).post("/v1/certificates", json=body)
    assert (early.status_code, early.json["code"]) == (409, "not_approved")
    whose = {"unit_id": str(unit.unit_id), "filler_id": str(unit.account_id)}
    reported = example_event(ApplicationSubmittedV1, application_id=application, document_ids=[], **whose)
    documents.hear(reported)
    assert documents.client(office).post("/v1/certificates", json=body).status_code == 201
    assert len(documents.client(unit).get(f"/v1/certificates?application_id={application}").json["items"]) == 1
