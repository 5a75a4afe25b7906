"""Filling in: who may, what a save demands, and what it leads to."""

from typing import Any

import pytest

from shenbao_common.testing.actors import person_actor

OTHER = "330000198506150026"


@pytest.fixture(autouse=True)
def on_record(day: Any, filing: Any) -> None:
    filing.recognise()


@pytest.mark.req("S0-09")
def test_a_unit_sees_the_filings_that_selected_it_and_no_other(filing: Any) -> None:
    b = person_actor()
    filing.recognise(number=OTHER, name="李四")
    of_a = filing.begin().json
    of_b = filing.begin(b, name="李四", id_number=OTHER).json
    assert filing.client(filing.u1).get("/v1/applications").json["items"] == []
    assert filing.house.get(filing.u1, of_a["id"]).status_code == 404
    filing.save(of_a["id"], contract_changed="no", vocational_changed="no")
    chosen = filing.save(
        of_b["id"], b, contract_changed="no", vocational_changed="no", unit_id={"unit_id": str(filing.u2.unit_id)}
    )
    assert chosen.status_code == 200, chosen.json
    listed = filing.client(filing.u1).get("/v1/applications").json["items"]
    assert [i["id"] for i in listed] == [of_a["id"]]
    assert filing.house.get(filing.u1, of_b["id"]).status_code == 404
    assert filing.house.get(filing.u2, of_b["id"]).status_code == 200


@pytest.mark.req("S0-10")
def test_a_unit_can_neither_begin_nor_fill_in_for_a_person(filing: Any) -> None:
    body = {"project_id": filing.project, "sections": {"filing_form": {"person_name": "张三"}}}
    refused = filing.client(filing.u1).post("/v1/applications", json=body)
    assert (refused.status_code, refused.json["code"]) == (403, "may_not_fill")
    assert filing.client(filing.u1).get("/v1/applications").json["items"] == []
    made = filing.saved()
    assert filing.save(made["id"], filing.u1, mobile="13900000000").status_code == 403


@pytest.mark.req("S0-18")
def test_the_form_begins_with_the_last_recognition_and_leaves_that_as_it_was(filing: Any) -> None:
    made = filing.begin().json
    form = made["sections"]["filing_form"]
    assert form["mobile"] == "13800000000"
    assert form["unit_id"] == {"unit_id": str(filing.u1.unit_id), "name": "示例科技有限公司"}
    saved = filing.save(made["id"], mobile="13900000000", contract_changed="no", vocational_changed="no")
    assert saved.status_code == 200, saved.json
    assert filing.house.get(filing.a, made["id"]).json["sections"]["filing_form"]["mobile"] == "13900000000"
    assert saved.json["changed"] == [
        "filing_form.mobile",
        "filing_form.contract_changed",
        "filing_form.vocational_changed",
    ]
    history = filing.client().get(f"/v1/applications/{made['id']}/history").json
    assert history["sections"]["filing_form"]["mobile"] == "13800000000"


@pytest.mark.req("S0-19")
def test_every_item_is_filled_in_or_chosen_as_none(filing: Any) -> None:
    made = filing.begin().json
    declared = {"contract_changed": "no", "vocational_changed": "no"}
    refused = filing.save(made["id"], highest_degree=None, **declared)
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("required", "sections.filing_form.highest_degree")
    ]
    assert filing.house.get(filing.a, made["id"]).json["status"] == "draft"
    empty = {"degree_school": None, "degree_major": None, "degree_date": None}
    assert filing.save(made["id"], highest_degree="none", **empty, **declared).status_code == 200
    assert filing.save(made["id"], admin_post="无", education_major="无", graduation_school="无").status_code == 200


@pytest.mark.req("S0-19")
def test_no_item_of_the_form_may_be_left_blank_and_the_tip_says_how_to_begin(filing: Any) -> None:
    made = filing.begin().json
    programme = filing.client().get("/v1/programmes/talent_recognition_filing").json
    form = next(s for s in programme["pack"]["sections"] if s["key"] == "filing_form")
    assert "请先填写姓名和身份证件号, 再修改或填写其他信息" in form["help"]["zh"]
    assert all(field["required"] is True for field in form["fields"])
    asked = [f["key"] for f in form["fields"] if not f["immutable"] and f["when"] is None]
    refused = filing.save(made["id"], **dict.fromkeys(asked))
    assert refused.status_code == 422
    assert [e["path"] for e in refused.json["errors"]] == [f"sections.filing_form.{key}" for key in asked]
    assert {e["code"] for e in refused.json["errors"]} == {"required"}


@pytest.mark.req("S0-21")
def test_saved_information_asks_for_the_materials_and_offers_five_operations(filing: Any) -> None:
    made = filing.saved()
    (line,) = filing.client().get("/v1/applications").json["items"]
    assert (line["id"], line["status"], line["status_label"]["zh"]) == (
        made["id"],
        "materials_pending",
        "上传佐证材料",
    )
    assert line["operations"] == ["edit", "delete", "print:publicity_sheet", "print:filing_form", "progress"]


def test_a_unit_is_chosen_among_the_registered_ones(filing: Any) -> None:
    made = filing.begin().json
    for value, code in (
        ("示例科技有限公司", "unit_needed"),
        ({"name": "示例科技有限公司"}, "unit_needed"),
        ({"unit_id": "01890000-0000-7000-8000-0000000000ff"}, "unknown_unit"),
    ):
        refused = filing.save(made["id"], unit_id=value)
        assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [(code, "sections.filing_form.unit_id")]


@pytest.mark.req("S0-31")
def test_the_applicant_edits_and_deletes_until_the_unit_has_reported(filing: Any) -> None:
    ready = filing.ready()
    edited = filing.save(ready["id"], mobile="13900000000")
    assert (edited.status_code, edited.json["status"]) == (200, "materials_pending")
    filing.upload(ready["id"], "filing_form_signed")
    filing.save_materials(ready["id"])
    sent = filing.report(ready["id"], filing.u1, **filing.confirmed)
    assert sent.status_code == 200, sent.json
    headers = {"If-Match": filing.house.get(filing.a, ready["id"]).headers["ETag"]}
    assert filing.save(ready["id"], mobile="13700000000").status_code == 409
    assert filing.client().delete(f"/v1/applications/{ready['id']}", headers=headers).status_code == 409
    second = filing.house.get(filing.a, ready["id"]).json
    assert (second["editable"], second["deletable"]) == (False, False)


def test_the_applicant_deletes_what_was_not_reported(filing: Any) -> None:
    made = filing.saved()
    headers = {"If-Match": filing.house.get(filing.a, made["id"]).headers["ETag"]}
    assert filing.client().delete(f"/v1/applications/{made['id']}", headers=headers).status_code == 204
    assert filing.client(filing.u1).get("/v1/applications").json["items"] == []


@pytest.mark.req("S0-11")
def test_only_the_unit_reports_and_stands_for_what_it_confirms(filing: Any) -> None:
    ready = filing.ready()
    own = filing.report(ready["id"], filing.a, **filing.confirmed)
    assert (own.status_code, own.json["code"]) == (403, "may_not_report")
    assert filing.report(ready["id"], filing.u2, **filing.confirmed).status_code == 404
    unconfirmed = filing.report(ready["id"], filing.u1)
    assert unconfirmed.status_code == 422
    assert [(e["code"], e["path"]) for e in unconfirmed.json["errors"]] == [
        ("confirmation_missing", "confirmed.is_employee"),
        ("confirmation_missing", "confirmed.materials_true"),
    ]
    sent = filing.report(ready["id"], filing.u1, **filing.confirmed)
    assert (sent.status_code, sent.json["status"], sent.json["status_label"]["zh"]) == (200, "in_review", "待预审")
    filing.house.opened(sent.json, filing.house.bureau, "hr_pre_review", "市人社局")
    assert filing.house.get(filing.a, ready["id"]).json["current"]["step_key"] == "hr_pre_review"
