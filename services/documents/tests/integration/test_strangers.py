"""Every route that takes an id, asked with a true one by those whom it does not concern."""

from collections.abc import Callable
from typing import Any

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.testing.strangers import routes, try_all

WORDING = {"series": "CD", "holder": "测试𬱖𠮷", "title": "助理工程师", "valid_until": "2099-03-01"}
FORMS = {"title": "初定表", "format": "zip"}
TABLE = {"title": "花名册", "columns": [{"key": "a", "label": "a"}], "rows": [["1"]]}


def slip(documents: UnderTest, actor: Actor, **claims: Any) -> dict[str, str]:
    claims |= {"account_id": str(actor.account_id)}
    return {"sheet": documents.slip("applications", "shenbao-sheet+jwt", claims)}


def of_a_unit(documents: UnderTest, send: Any, printed: Any, samples: Any, unit: Actor, application: str) -> Any:
    """A file and what is being read of it, a half upload, a print, an export and a print job."""
    client = documents.client(unit)
    file = send(unit, samples.image("JPEG"), "a.jpg", "wallet").json["id"]
    upload = {"name": "a.pdf", "size": 100, "purpose": "material:title_initial_determination:3:evaluation_form_file"}
    printed(unit, application)
    made = {
        "upload_id": client.post("/v1/uploads", json=upload),
        "export_id": client.post("/v1/export-jobs", json=slip(documents, unit, **TABLE)),
        "job_id": client.post("/v1/print-jobs", json=FORMS),
        "recognition_id": client.post("/v1/recognitions", json={"file_id": file, "kind": "id_card"}),
    }
    assert {answer.status_code for answer in made.values()} <= {201, 202}, [answer.json for answer in made.values()]
    (paper,) = client.get("/v1/prints", query_string={"application_id": application}).json["items"]
    return {name: answer.json["id"] for name, answer in made.items()} | {"file_id": file, "print_id": paper["id"]}


def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(
    documents: UnderTest, send: Any, printed: Any, samples: Any, office: Actor, approved: Callable[..., str]
) -> None:
    unit = unit_actor()
    application = approved(unit)
    ids = of_a_unit(documents, send, printed, samples, unit, application) | {"application_id": application}
    given = documents.client(office).post("/v1/certificates", json={"application_id": application, **WORDING})
    assert given.status_code == 201, given.json
    assert documents.client(office).put(f"/v1/legal-holds/{application}", json={"reason": "复议"}).status_code == 200
    ids["certificate_id"] = given.json["id"]
    other = unit_actor()
    strangers = {
        "another unit": other,
        "a sub-account of another unit": sub_account_actor(other.unit_id),
        "another person": person_actor(),
        "another office": office_actor(),
    }
    assert [route for route, names in routes(documents) if not names <= ids.keys()] == []
    bodies = {
        "POST /v1/print-jobs/{job_id}/sheets": lambda actor: slip(documents, actor, kind="forms", forms=[]),
        "POST /v1/export-jobs/{export_id}/sheets": lambda actor: slip(documents, actor, **TABLE),
        "POST /v1/certificates/{certificate_id}/replacement": lambda _: WORDING | {"reason": "更名"},
        "PUT /v1/files/{file_id}/facts": lambda _: {"kind": "id_card", "values": {}},
    }
    assert try_all(documents, ids, strangers, bodies).opened == []
