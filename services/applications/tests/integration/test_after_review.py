"""What becomes of a person's application after it was decided: publicity, certificate, and declaring again."""

from dataclasses import replace
from typing import Any

import pytest

from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ApplicationSupersededV1,
)
from shenbao_common.contracts.documents import CertificateIssuedV1
from shenbao_common.contracts.review import ReconsiderationAskedV1, ReconsiderationDecidedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.contracts import example_event, objections


@pytest.mark.req("S2-36")
@pytest.mark.parametrize(("step", "status"), [("hr_acceptance", "not_accepted"), ("hr_review", "case_returned")])
def test_a_refusal_or_return_of_the_case_may_be_declared_again_with_all_that_it_held(
    settling: Any, step: str, status: str
) -> None:
    sent = settling.submitted() if step == "hr_acceptance" else settling.accepted()
    settling.house.failed(sent, settling.house.bureau, step)
    ended = settling.house.get(settling.a, sent["id"]).json
    assert (ended["status"], ended["editable"], ended["redeclarable"]) == (status, False, True)
    assert settling.begin().json["code"] == "duplicate"
    again = settling.act(sent["id"], "redeclaration").json
    assert (again["status"], again["revision"]) == ("draft", ended["revision"] + 1)
    held = settling.house.get(settling.a, sent["id"]).json
    assert held["sections"] == ended["sections"]
    assert held["deletable"] is False
    assert settling.act(sent["id"], "redeclaration").status_code == 409
    assert settling.save(sent["id"], {"settle_in": {"address": "越秀区中山路2号"}}).json["status"] == "ready_to_report"
    assert settling.submit(sent["id"]).json["round"] == 2
    assert len(settling.house.service.told(ApplicationSubmittedV1)) == 2
    assert settling.house.service.told(ApplicationResubmittedV1) == []


@pytest.mark.req("S2-38")
def test_what_everybody_may_read_is_in_publicity_and_approved_when_the_period_is_over(settling: Any) -> None:
    sent = settling.posted()
    shown = settling.house.get(settling.a, sent["id"]).json
    assert (shown["status"], shown["status_label"]["zh"]) == ("in_publicity", "公示")
    assert (shown["withdrawable"], shown["editable"], shown["redeclarable"]) == (False, False, False)
    assert settling.submit(sent["id"]).json["code"] == "already_reported"
    counts = settling.client().get("/v1/applications/counts").json
    assert (counts["in_review"], counts["reported"], counts["tracked"]) == (1, 1, 1)
    settling.house.posted(sent, settling.house.bureau)  # told twice
    settling.house.passed(sent, settling.house.bureau, "publicity", final=True)
    assert settling.house.get(settling.a, sent["id"]).json["status"] == "approved"
    settling.house.posted(sent, settling.house.bureau)  # too late
    assert settling.house.get(settling.a, sent["id"]).json["status"] == "approved"
    assert len(settling.house.service.told(ApplicationApprovedV1)) == 1
    assert settling.act(sent["id"], "redeclaration").status_code == 409


def test_an_upheld_objection_returns_the_case(settling: Any) -> None:
    sent = settling.posted()
    settling.house.failed(sent, settling.house.bureau, "publicity")
    assert settling.house.get(settling.a, sent["id"]).json["status"] == "case_returned"
    assert settling.act(sent["id"], "redeclaration").status_code == 200


def test_a_certificate_ends_the_way_once(settling: Any) -> None:
    sent = settling.posted()
    settling.house.passed(sent, settling.house.bureau, "publicity", final=True)
    issued = example_event(CertificateIssuedV1, application_id=sent["id"])
    settling.house.service.hear(issued)
    settling.house.service.hear(replace(issued, certificate_id=uuid7(), number="CD2026000002"))
    shown = settling.house.get(settling.a, sent["id"]).json
    assert (shown["status"], shown["status_label"]["zh"]) == ("certified", "已发证")
    assert settling.client().get("/v1/applications/counts").json["approved"] == 1


@pytest.mark.req("S2-37")
def test_a_returned_case_is_declared_again_whole_or_under_a_new_condition_from_an_empty_draft(settling: Any) -> None:
    sent = settling.accepted()
    settling.house.failed(sent, settling.house.bureau, "hr_review")
    held = settling.house.get(settling.a, sent["id"]).json
    assert held["status"] == "case_returned"
    same = settling.act(sent["id"], "redeclaration").json
    assert (same["status"], same["revision"]) == ("draft", held["revision"] + 1)
    assert settling.house.get(settling.a, sent["id"]).json["sections"] == held["sections"]
    again = settling.submit(_resaved(settling, sent["id"])).json
    settling.house.opened(again, settling.house.bureau, "hr_acceptance", "市人社局")
    settling.house.failed(again, settling.house.bureau, "hr_acceptance")

    held = settling.house.get(settling.a, sent["id"]).json
    refused = settling.client().post(f"/v1/applications/{sent['id']}/successors", json={})
    assert [e["path"] for e in refused.json["errors"]] == ["accepted.handling_notice"]
    body = {"accepted": ["handling_notice"], "profile": settling.profile()}
    made = settling.client().post(f"/v1/applications/{sent['id']}/successors", json=body)
    assert (made.status_code, made.json["status"]) == (201, "draft")
    new = settling.house.get(settling.a, made.json["id"]).json
    assert (new["supersedes_id"], new["step"], new["round"]) == (sent["id"], "qualification", 0)
    assert list(filter(None, new["sections"].values())) == [{"person_name": "张三", "id_number": "330000199001010014"}]
    old = settling.house.get(settling.a, sent["id"]).json
    assert (old["status"], old["sections"], old["redeclarable"]) == ("superseded", held["sections"], False)
    assert settling.act(sent["id"], "redeclaration").status_code == 409
    told = settling.house.service.told(ApplicationSupersededV1)
    assert [(str(e.application_id), str(e.successor_id)) for e in told] == [(sent["id"], new["id"])]
    assert objections(ApplicationSupersededV1.json_schema(), told[0].to_wire()) == []
    for key in settling.steps:
        settling.save(new["id"], {key: settling.step(key)})
    assert settling.submit(new["id"]).status_code == 200


def test_a_case_that_is_under_way_or_anothers_has_no_successor(settling: Any) -> None:
    sent = settling.submitted()
    path, body = f"/v1/applications/{sent['id']}/successors", {"accepted": ["handling_notice"]}
    assert settling.client().post(path, json=body).json["code"] == "status_forbids"
    assert settling.client(person_actor()).post(path, json=body).status_code == 404
    assert settling.house.service.client().post(path, json=body).status_code == 401


def _resaved(settling: Any, application: str) -> str:
    assert settling.save(application, {"settle_in": {"address": "越秀区中山路2号"}}).status_code == 200
    return application


def test_a_rejected_application_shows_its_reconsideration_and_keeps_its_status(house: Any) -> None:
    unit = house.unit()
    sent = house.reported(unit, house.project())
    house.opened(sent, house.d1, "supervising_department_review")
    assert house.get(unit, sent["id"]).json["reconsideration"] is None
    house.failed(sent, house.d1, "supervising_department_review")
    asked = example_event(ReconsiderationAskedV1, application_id=sent["id"])
    house.service.hear(asked)
    house.service.hear(asked)
    assert house.get(unit, sent["id"]).json["reconsideration"]["state"] == "open"
    house.service.hear(example_event(ReconsiderationDecidedV1, application_id=sent["id"], granted=False))
    shown = house.get(unit, sent["id"]).json
    assert (shown["status"], shown["reconsideration"]["state"]) == ("rejected", "upheld")


@pytest.mark.req("S4c-08")
def test_a_returned_application_is_edited_and_one_in_review_is_read_with_its_step(house: Any) -> None:
    unit, step = house.unit(), "supervising_department_review"
    sent = house.reported(unit, house.project())
    house.opened(sent, house.d1, step)
    under_review = house.get(unit, sent["id"]).json
    assert (under_review["status"], under_review["editable"]) == ("in_review", False)
    assert (under_review["current"]["step_key"], under_review["current"]["organisation_name"]) == (step, "D1")
    refused = house.save(unit, sent["id"], {"basic": {"mobile": "13900000001"}}, part=True)
    assert (refused.status_code, refused.json["code"]) == (409, "status_forbids")
    house.returned(sent, house.d1, step)
    returned = house.get(unit, sent["id"]).json
    assert (returned["status"], returned["editable"], returned["current"]["state"]) == ("returned", True, "returned")
    saved = house.save(unit, sent["id"], {"basic": {"mobile": "13900000001"}}, part=True)
    assert (saved.status_code, saved.json["sections"]["basic"]["mobile"]) == (200, "13900000001")
    supplemented = {"attachments": {"attachment_files": [house.attachment(unit)]}}
    assert house.save(unit, sent["id"], supplemented, part=True).status_code == 200
