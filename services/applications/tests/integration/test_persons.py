"""A person declares alone, in steps: from the notice to the decision, and back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_applications.domain import printing
from shenbao_common.contracts.applications import (
    ApplicationCreatedV1,
    ApplicationSubmittedV1,
    ApplicationWithdrawnV1,
)
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.contracts import objections


def test_nothing_opens_before_the_notice_is_agreed_to_and_version_and_time_are_kept(settling: Any) -> None:
    refused = settling.begin(accepted=[])
    assert (refused.status_code, refused.json["code"]) == (422, "commitment_missing")
    assert [e["path"] for e in refused.json["errors"]] == ["accepted.handling_notice"]
    assert settling.client().get("/v1/applications").json["items"] == []
    made = settling.begin()
    assert made.status_code == 201
    with settling.house.service.service.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT key, account_id, version_id, accepted_at FROM commitment")).one()
    assert (row.key, row.account_id) == ("handling_notice", settling.a.account_id)
    assert row.version_id is not None
    assert now() - row.accepted_at < timedelta(minutes=1)
    (told,) = settling.house.service.told(ApplicationCreatedV1)
    assert (told.unit_id, told.filler_id) == (NOBODY, settling.a.account_id)


@pytest.mark.req("S2-26")
def test_each_step_is_saved_on_its_own_and_the_next_opens_only_after_it(settling: Any) -> None:
    made = settling.begin().json
    assert made["step"] == "qualification"
    first = settling.save(made["id"], {"qualification": settling.step("qualification")}).json
    assert first["step"] == "personal"
    early = settling.save(made["id"], {"settle_in": settling.step("settle_in")})
    assert (early.status_code, early.json["code"], early.json["params"]["step"]) == (
        409,
        "form_step_not_open",
        "personal",
    )
    assert settling.house.get(settling.a, made["id"]).json["step"] == "personal"
    for key in ("personal", "settle_in"):
        settling.save(made["id"], {key: settling.step(key)})
    resumed = settling.house.get(settling.a, made["id"]).json
    assert resumed["step"] == "accompanying"
    assert resumed["sections"]["personal"]["household_address"] == "湖南省长沙市岳麓区"


def test_a_step_with_something_missing_stays_open_and_keeps_what_was_typed(settling: Any) -> None:
    made = settling.begin().json
    settling.save(made["id"], {"qualification": settling.step("qualification")})
    without = {k: v for k, v in settling.step("personal").items() if k != "household_own_page"}
    kept = settling.save(made["id"], {"personal": without}).json
    assert kept["step"] == "personal"
    assert "sections.personal.household_own_page" in [p["path"] for p in kept["problems"]]
    assert settling.save(made["id"], {"settle_in": {}}).status_code == 409
    assert kept["sections"]["personal"]["mobile"] == "13800000000"


@pytest.mark.req("S2-09")
def test_a_domestic_degree_needs_either_number_and_a_foreign_one_that_of_the_degree(settling: Any) -> None:
    made = settling.begin().json
    domestic = settling.step("qualification")
    assert settling.save(made["id"], {"qualification": domestic}).json["step"] == "personal"
    foreign = settling.save(made["id"], {"qualification": {"overseas": "yes"}}).json
    missing = [p["path"] for p in foreign["problems"] if p["path"].startswith("sections.qualification")]
    assert missing == ["sections.qualification.degree_certificate_no"]


@pytest.mark.req("S2-29")
def test_the_address_decides_which_materials_are_due(settling: Any) -> None:
    application = settling.filled()["id"]
    own = settling.save(application, {"settle_in": {"property_proof": None}}).json
    assert [p["path"] for p in own["problems"]] == ["sections.settle_in.property_proof"]
    other = settling.save(application, {"settle_in": {"address_type": "employer_household"}}).json
    assert [p["path"] for p in other["problems"]] == ["sections.settle_in.household_consent"]


@pytest.mark.req("S2-30")
def test_an_accompanying_wife_brings_her_materials_and_none_is_needed(settling: Any) -> None:
    application = settling.filled()["id"]
    assert settling.house.get(settling.a, application).json["step"] is None
    wife = {"relation": "wife", "person_name": "李四", "id_number": "330000198601010021", "birth_date": "1986-01-01"}
    added = settling.save(application, {"accompanying": {"persons": [wife]}}).json
    assert [p["path"] for p in added["problems"]] == ["sections.accompanying.spouse_proof"]
    assert "accompanying.spouse_proof" in added["necessary"]
    assert "accompanying.child_proof" not in added["necessary"]
    misread = settling.save(application, {"accompanying": {"persons": [wife | {"id_number": "330000198601010022"}]}})
    assert [(e["code"], e["path"]) for e in misread.json["errors"]] == [
        ("identifier_checksum", "sections.accompanying.persons.0.id_number")
    ]
    proof = {"spouse_proof": settling.file(settling.a, "spouse_materials")}
    child = {"relation": "child", "person_name": "张小", "id_number": "330000202001010019", "birth_date": "2020-01-01"}
    more = settling.save(application, {"accompanying": {"persons": [wife, child], **proof}}).json
    assert [r["person_name"] for r in more["sections"]["accompanying"]["persons"]] == ["李四", "张小"]
    assert [p["path"] for p in more["problems"]] == ["sections.accompanying.child_proof"]
    assert {"accompanying.spouse_proof", "accompanying.child_proof"} <= set(more["necessary"])


@pytest.mark.req("S2-32")
def test_a_revision_before_submission_changes_one_section_alone(settling: Any) -> None:
    before = settling.filled()
    after = settling.save(before["id"], {"settle_in": {"address": "越秀区中山路2号"}}).json
    assert after["sections"]["settle_in"]["address"] == "越秀区中山路2号"
    assert {k: v for k, v in after["sections"].items() if k != "settle_in"} == {
        k: v for k, v in before["sections"].items() if k != "settle_in"
    }
    assert (after["status"], after["step"]) == ("ready_to_report", None)


@pytest.mark.req("S2-33")
def test_a_submission_freezes_the_application_and_a_missing_page_is_named(settling: Any) -> None:
    application = settling.filled()["id"]
    settling.save(application, {"personal": {"household_own_page": None}})
    refused = settling.submit(application)
    assert (refused.status_code, refused.json["code"]) == (422, "incomplete")
    assert [e["path"] for e in refused.json["errors"]] == ["sections.personal.household_own_page"]
    assert settling.house.get(settling.a, application).json["status"] == "draft"
    page = settling.file(settling.a, "household_own_page")
    settling.save(application, {"personal": {"household_own_page": page}})
    sent = settling.submit(application).json
    settling.house.opened(sent, settling.house.bureau, "hr_acceptance", "市人社局")
    found = settling.house.get(settling.a, application).json
    assert (found["status"], found["current"]["step_key"]) == ("in_review", "hr_acceptance")
    assert (found["editable"], found["withdrawable"]) == (False, True)
    assert settling.save(application, {"settle_in": {"address": "别处"}}).status_code == 409
    (told,) = settling.house.service.told(ApplicationSubmittedV1)
    assert (told.unit_id, told.department_id, told.filler_id) == (NOBODY, NOBODY, settling.a.account_id)
    assert settling.house.get(settling.house.bureau, application).status_code == 200


def test_the_receipt_has_time_and_a_hash_that_recomputes(settling: Any) -> None:
    application = settling.filled()["id"]
    assert settling.client().get(f"/v1/applications/{application}/receipt").status_code == 404
    settling.submit(application)
    receipt = settling.client().get(f"/v1/applications/{application}/receipt").json
    again = printing.content_hash(**receipt["content"])
    assert (receipt["content_hash"], receipt["round"]) == (again, 1)
    assert receipt["content"]["sections"]["personal"]["person_name"] == "张三"
    assert settling.client(person_actor()).get(f"/v1/applications/{application}/receipt").status_code == 404


@pytest.mark.req("S2-35")
def test_an_application_is_withdrawn_until_it_is_accepted(settling: Any) -> None:
    sent = settling.submitted()
    withdrawn = settling.act(sent["id"], "withdrawal")
    assert (withdrawn.status_code, withdrawn.json["status"]) == (200, "withdrawn")
    (told,) = settling.house.service.told(ApplicationWithdrawnV1)
    assert str(told.application_id) == sent["id"]
    assert objections(ApplicationWithdrawnV1.json_schema(), told.to_wire()) == []
    assert settling.act(sent["id"], "withdrawal").status_code == 409
    settling.house.passed(sent, settling.house.bureau, "hr_acceptance", final=False)
    assert settling.house.get(settling.a, sent["id"]).json["status"] == "withdrawn"


def test_what_was_accepted_is_not_withdrawn(settling: Any) -> None:
    sent = settling.accepted()
    refused = settling.act(sent["id"], "withdrawal")
    assert (refused.status_code, refused.json["code"]) == (409, "already_accepted")
    assert settling.house.get(settling.a, sent["id"]).json["withdrawable"] is False


@pytest.mark.parametrize(("age", "met"), [(40, True), (41, False)])
def test_the_check_and_the_submission_judge_by_the_same_clause(settling: Any, age: int, met: bool) -> None:
    application = settling.filled()["id"]
    settling.save(application, {"personal": {"birth_date": settling.born(age)}})
    check = settling.client().get(f"/v1/applications/{application}/check").json
    (clause,) = check["clauses"]
    assert (clause["key"], clause["result"], clause["limits"]) == ("bachelor", "met" if met else "not_met", {"age": 40})
    assert (check["complete"], check["open"], check["problems"]) == (met, True, [])
    sent = settling.submit(application)
    assert sent.status_code == (200 if met else 422)
    if not met:
        assert [(e["code"], e["params"]) for e in sent.json["errors"]] == [("bachelor", {"age": 40})]


def test_the_check_names_everything_that_is_missing_at_once(settling: Any) -> None:
    made = settling.begin().json
    check = settling.client().get(f"/v1/applications/{made['id']}/check").json
    assert check["complete"] is False
    sections = {p["path"].split(".")[1] for p in check["problems"]}
    assert sections == {"qualification", "personal", "settle_in"}


def test_persons_find_only_their_own_and_units_cannot_declare_for_them(settling: Any) -> None:
    house = settling.house
    made = settling.begin().json
    stranger, unit = person_actor(), house.unit()
    for other in (stranger, unit, house.d1):
        assert house.get(other, made["id"]).status_code == 404
        for act in ("withdrawal", "redeclaration", "report"):
            assert house.service.client(other).post(f"/v1/applications/{made['id']}/{act}", json={}).status_code == 404
        assert house.service.client(other).get(f"/v1/applications/{made['id']}/check").status_code == 404
        assert house.service.client(other).get("/v1/applications").json["items"] == []
    assert settling.begin(unit).status_code == 403
    determination = house.project()
    assert settling.begin(project_id=determination).status_code == 404
    assert [p["id"] for p in settling.client().get("/v1/projects").json["items"]] == [settling.project]
    alien = settling.file(stranger, "education_or_degree_certificate")
    refused = settling.save(made["id"], {"qualification": {"education_proof": alien}})
    assert [e["code"] for e in refused.json["errors"]] == ["receipt_of_other_unit"]
    assert settling.client().get("/v1/applications/counts").json["to_report"] == 1
    headers = {"If-Match": house.get(settling.a, made["id"]).headers["ETag"]}
    assert settling.client().delete(f"/v1/applications/{made['id']}", headers=headers).status_code == 204


def test_a_person_has_one_open_application_in_a_project(settling: Any) -> None:
    settling.filled()
    taken = settling.begin()
    assert (taken.status_code, taken.json["code"]) == (409, "duplicate")


def test_an_unknown_application_is_not_found(settling: Any) -> None:
    for act in ("check", "receipt"):
        assert settling.client().get(f"/v1/applications/{uuid7()}/{act}").status_code == 404
