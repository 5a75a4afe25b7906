"""Materials: which are due, what outdates them, saving them, and what may be printed when."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ApplicationApprovedV1

ALL = (
    "filing_form_signed",
    "social_insurance_certificate",
    "employment_contract",
    "education_certificate",
    "degree_certificate",
    "title_certificate",
    "vocational_certificate",
    "licence_and_tax_proof",
)
DUE = ("filing_form_signed", "social_insurance_certificate")


@pytest.fixture(autouse=True)
def on_record(day: Any, filing: Any) -> Any:
    filing.recognise()
    return day


def missing(answer: Any) -> list[str]:
    return [e["path"].removeprefix("sections.materials.") for e in answer.json["errors"]]


def test_eight_materials_stand_in_their_order_and_are_uploaded_and_taken_out(filing: Any) -> None:
    made = filing.saved()
    pack = filing.client().get(f"/v1/programmes/talent_recognition_filing/versions/{filing.version}").json["pack"]
    fields = next(s["fields"] for s in pack["sections"] if s["key"] == "materials")
    assert [f["key"] for f in fields] == list(ALL)
    assert all(f["help"]["zh"] for f in fields)
    assert made["sections"].get("materials", {}) == {}
    given = filing.upload(made["id"], "title_certificate").json
    assert set(given["sections"]["materials"]) == {"title_certificate"}
    taken = filing.house.save(filing.a, made["id"], {"materials": {"title_certificate": None}}, part=True).json
    assert taken["sections"]["materials"] == {}


@pytest.mark.req("S0-25")
def test_materials_are_not_saved_without_the_signed_form(filing: Any) -> None:
    made = filing.saved()
    filing.upload(made["id"], *ALL[1:])
    refused = filing.save_materials(made["id"])
    assert (refused.status_code, missing(refused)) == (422, ["filing_form_signed"])
    assert filing.house.get(filing.a, made["id"]).json["status_label"]["zh"] == "上传佐证材料"


@pytest.mark.req("S0-26")
def test_information_saved_after_the_upload_asks_for_the_form_anew(filing: Any, on_record: Any) -> None:
    on_record.be("2024-02-20", at="10:00")
    made = filing.saved()
    filing.upload(made["id"], *DUE)
    on_record.be("2024-02-20", at="10:05")
    again = filing.save(made["id"], mobile="13900000000").json
    assert again["sections"]["materials"]["filing_form_signed"]["outdated"] is True
    assert ("upload_again", "sections.materials.filing_form_signed") in {
        (p["code"], p["path"]) for p in again["problems"]
    }
    refused = filing.save_materials(made["id"])
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("upload_again", "sections.materials.filing_form_signed")
    ]
    kept = {"document_id": again["sections"]["materials"]["filing_form_signed"]["document_id"]}
    filing.house.save(filing.a, made["id"], {"materials": {"filing_form_signed": kept}}, part=True)
    assert filing.save_materials(made["id"]).status_code == 422
    filing.upload(made["id"], "filing_form_signed")
    assert filing.save_materials(made["id"]).status_code == 200


@pytest.mark.req("S0-28")
def test_a_subsidised_unit_that_pays_no_insurance_needs_no_certificate(filing: Any) -> None:
    made = filing.saved()
    filing.upload(made["id"], "filing_form_signed")
    assert missing(filing.save_materials(made["id"])) == ["social_insurance_certificate"]
    filing.save(made["id"], unit_category="fiscally_subsidised", unit_pays_no_insurance="no")
    filing.upload(made["id"], "filing_form_signed")
    assert missing(filing.save_materials(made["id"])) == ["social_insurance_certificate"]
    filing.save(made["id"], unit_pays_no_insurance="yes")
    filing.upload(made["id"], "filing_form_signed")
    assert filing.save_materials(made["id"]).status_code == 200


@pytest.mark.req("S0-29")
def test_only_what_changed_since_the_recognition_is_demanded(filing: Any) -> None:
    changes = {"title_level": "intermediate", "title_name": "engineer", "title_date": "2023-06-30"}
    made = filing.saved(**changes)
    filing.upload(made["id"], *DUE)
    assert missing(filing.save_materials(made["id"])) == ["title_certificate"]


@pytest.mark.req("S0-29")
@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"contract_changed": "yes"}, "employment_contract"),
        ({"graduation_school": "杭州职业技术学院"}, "education_certificate"),
        (
            {
                "highest_degree": "bachelor",
                "degree_major": "焊接",
                "degree_school": "某校",
                "degree_date": "2020-06-30",
            },
            "degree_certificate",
        ),
        ({"vocational_changed": "yes"}, "vocational_certificate"),
        ({"employment_state": "founder"}, "licence_and_tax_proof"),
    ],
)
def test_each_change_demands_its_own_material(filing: Any, changes: dict[str, str], due: str) -> None:
    made = filing.saved(**changes)
    filing.upload(made["id"], *DUE)
    assert missing(filing.save_materials(made["id"])) == [due]


@pytest.mark.req("S0-30")
def test_saved_materials_wait_for_the_unit(filing: Any) -> None:
    before = filing.client(filing.u1).get("/v1/applications/counts").json["reportable"]
    ready = filing.ready()
    (line,) = filing.client().get("/v1/applications").json["items"]
    assert (line["status"], line["status_label"]["zh"]) == ("ready_to_report", "请联系所属企业进行提交")
    unit = filing.client(filing.u1)
    assert unit.get("/v1/applications/counts").json["reportable"] == before + 1
    listed = [o for o in unit.get("/v1/applications").json["items"] if o["id"] == ready["id"]]
    shown = unit.get(f"/v1/applications/{ready['id']}").json
    assert [one["status_label"]["zh"] for one in (*listed, shown)] == ["待上报", "待上报"]
    stranger_headers = {"If-Match": filing.house.get(filing.a, ready["id"]).headers["ETag"]}
    path = f"/v1/applications/{ready['id']}/materials"
    assert filing.client(filing.u2).put(path, headers=stranger_headers).status_code == 404
    assert filing.client(filing.u1).put(path, headers=stranger_headers).status_code == 403


def test_materials_come_after_the_information(filing: Any) -> None:
    made = filing.begin().json
    early = filing.upload(made["id"], "filing_form_signed")
    assert (early.status_code, early.json["code"]) == (422, "incomplete")
    assert filing.save_materials(made["id"]).status_code == 409


def test_the_publicity_sheet_is_printed_always_and_the_form_until_the_report(filing: Any) -> None:
    def sheet(kind: str) -> Any:
        return filing.client().get(f"/v1/applications/{application}/sheets/{kind}")

    application = filing.begin().json["id"]
    assert sheet("publicity_sheet").status_code == 409
    filing.client()
    filing.save(application, contract_changed="no", vocational_changed="no")
    assert (sheet("publicity_sheet").status_code, sheet("filing_form").status_code) == (200, 200)
    filing.upload(application, *DUE)
    filing.save_materials(application)
    filing.report(application, filing.u1, **filing.confirmed)
    assert sheet("publicity_sheet").status_code == 200
    refused = sheet("filing_form")
    assert (refused.status_code, refused.json["code"]) == (409, "not_printable_now")
    (line,) = filing.client().get("/v1/applications").json["items"]
    assert line["operations"] == ["view", "print:publicity_sheet", "progress"]


@pytest.mark.req("S0-34")
def test_an_approved_filing_keeps_the_recognition_valid_from_the_end_of_the_running_period(
    filing: Any, on_record: Any
) -> None:
    on_record.be("2024-02-28")
    certificate = "01890000-0000-7000-8000-0000000000aa"
    filing.recognise(recognised_on="2022-03-16", valid_until="2024-03-14", certificate_id=certificate)
    sent = filing.reported()
    filing.house.passed(sent, filing.house.bureau, "hr_pre_review", final=True)
    assert filing.house.get(filing.a, sent["id"]).json["status"] == "approved"
    (told,) = filing.house.service.told(ApplicationApprovedV1)
    assert (str(told.certificate_id), str(told.valid_until)) == (certificate, "2026-03-14")
    filing.client().post("/v1/recognitions/claims", json={"profile": filing.profile()})
    newest = filing.client().get("/v1/recognitions").json["items"][0]
    assert newest["valid_until"] == "2026-03-14"
