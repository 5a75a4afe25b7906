"""What is demanded of a declaration before it is reported, and who reports it."""

from typing import Any

import pytest

from shenbao_common.testing.actors import sub_account_actor


@pytest.mark.req("S4h-05")
def test_no_report_without_the_photos_of_the_identity_card(evaluating: Any) -> None:
    evaluating.committee()
    application = evaluating.filled(id_card_front=None)
    evaluating.with_opinion(application)
    refused = evaluating.report(application)
    assert (refused.status_code, [e["path"] for e in refused.json["errors"]]) == (
        422,
        ["sections.basic.id_card_front"],
    )
    evaluating.save(application, {"basic": {"id_card_front": evaluating.file("id_card_front")}})
    assert evaluating.check(application)["problems"] == []
    assert evaluating.report(application).status_code == 200


@pytest.mark.req("S4h-06")
def test_a_file_stands_in_its_group_alone_until_the_report(evaluating: Any) -> None:
    evaluating.committee()
    application = evaluating.filled()
    evaluating.with_opinion(application)
    patent = evaluating.file("patent_files", kind="attachment", name="发明专利证书.pdf")
    saved = evaluating.save(application, {"attachments": {"patent_files": [patent]}}).json["sections"]["attachments"]
    held = {group: [file["name"] for file in files] for group, files in saved.items()}
    assert held == {"patent_files": ["发明专利证书.pdf"], "unit_opinion_files": ["unit_opinion.jpg"]}
    misplaced = evaluating.save(application, {"attachments": {"paper_files": [patent]}})
    assert [e["code"] for e in misplaced.json["errors"]] == ["receipt_of_other_purpose"]
    emptied = evaluating.save(application, {"attachments": {"patent_files": []}})
    assert list(emptied.json["sections"]["attachments"]) == ["unit_opinion_files"]
    assert evaluating.report(application).status_code == 200
    assert evaluating.save(application, {"attachments": {"patent_files": [patent]}}).status_code == 409


@pytest.mark.req("S4h-08")
def test_the_opinion_on_paper_is_demanded_only_where_the_unit_does_not_report_itself(evaluating: Any) -> None:
    offline = evaluating.filled()
    refused = evaluating.report(offline)
    assert (refused.status_code, [e["path"] for e in refused.json["errors"]]) == (
        422,
        ["sections.attachments.unit_opinion_files"],
    )
    unit = evaluating.house.unit()
    online = evaluating.filled("intermediate_unit", unit)
    assert evaluating.check(online, unit)["problems"] == []
    evaluating.committee()
    assert evaluating.report(online, unit).status_code == 200


@pytest.mark.req("S4h-09")
def test_an_applicant_reports_only_where_the_project_permits_it(evaluating: Any) -> None:
    evaluating.committee()
    own = evaluating.filled()
    evaluating.with_opinion(own)
    sent = evaluating.report(own)
    assert (sent.status_code, sent.json["status"]) == (200, "in_review")
    evaluating.house.opened(sent.json, evaluating.house.bureau, "first_examination", "市人社局")
    shown = evaluating.house.get(evaluating.a, own).json
    assert (shown["status"], shown["current"]["step_key"]) == ("in_review", "first_examination")
    assert evaluating.save(own, {"basic": {"birthplace": "浙江宁波"}}).status_code == 409
    of_unit = evaluating.filled("intermediate_unit")
    refused = evaluating.report(of_unit)
    assert (refused.status_code, refused.json["code"]) == (403, "may_not_report")
    assert evaluating.house.get(evaluating.a, of_unit).json["reportable"] is False


@pytest.mark.req("S4j-02")
def test_titles_have_their_tier_and_an_intermediate_project_offers_no_senior_one(evaluating: Any) -> None:
    path = f"/v1/programmes/{evaluating.programme}/versions/{evaluating.version}"
    pack = evaluating.client().get(path).json["pack"]
    basic = next(s for s in pack["sections"] if s["key"] == "basic")
    titles = {o["zh"]: o for f in basic["fields"] if f["key"] == "declared_title" for o in f["options"]}
    senior = titles["高级工程师（副高级）"]
    assert (senior["tier"], senior["sub_level"]) == ("senior", "associate")
    application = evaluating.begin().json["id"]
    refused = evaluating.save(application, {"basic": {"declared_title": senior["key"]}})
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("unknown_choice", "sections.basic.declared_title")
    ]
    evaluating.projects["senior"] = evaluating.project("senior_personal")
    taken = evaluating.begin("senior", sections={"basic": {"declared_title": senior["key"]}})
    assert taken.status_code == 201


@pytest.mark.req("S4j-04")
def test_each_condition_is_met_or_not_met_by_how_much_or_to_be_judged(evaluating: Any) -> None:
    application = evaluating.filled(work_start_date=evaluating.years_ago(4))
    unmet = evaluating.clause(application, "intermediate_bachelor")
    assert (unmet["result"], unmet["limits"]) == ("not_met", {"years": 5})
    assert unmet["found"] == [{"key": "work_years", "zh": "工作年限", "en": "Years at work", "value": 4}]
    assert evaluating.clause(application, "performance_judged")["result"] == "needs_proof"
    evaluating.save(application, {"basic": {"work_start_date": evaluating.years_ago(5)}})
    met = evaluating.clause(application, "intermediate_bachelor")
    assert (met["result"], met["found"]) == ("met", [])


@pytest.mark.req("S4a-05")
def test_an_entry_shows_the_summary_of_its_series_and_refuses_an_incomplete_line(evaluating: Any) -> None:
    application = evaluating.begin(sections={"basic": {"series": "engineering"}}).json
    hidden = [place for place in application["hidden"] if place.startswith("summary.")]
    assert hidden == ["summary.clinical_work", "summary.teaching"]
    refused = evaluating.save(application["id"], {"summary": {"engineering_works": [{"name": "城市数据平台"}]}})
    missing = ["scale", "own_role", "completed_on"]
    assert [e["path"] for e in refused.json["errors"]] == [f"sections.summary.engineering_works.0.{k}" for k in missing]
    shown = evaluating.house.get(evaluating.a, application["id"]).json
    assert "engineering_works" not in shown["sections"].get("summary", {})


@pytest.mark.req("S4a-05")
@pytest.mark.parametrize(
    ("series", "table", "begun", "missing"),
    [
        ("engineering", "engineering_works", {"name": "城市数据平台"}, ["scale", "own_role", "completed_on"]),
        ("health", "clinical_work", {"year": 2025}, ["outpatients"]),
        ("education", "teaching", {"school_year": "2024-2025"}, ["course", "weekly_lessons"]),
    ],
)
def test_who_enters_for_a_unit_gets_the_summary_of_the_series_and_must_complete_its_line(
    evaluating: Any, series: str, table: str, begun: dict[str, Any], missing: list[str]
) -> None:
    account = sub_account_actor(evaluating.house.unit().unit_id)
    entry = evaluating.begin("intermediate_unit", account, sections={"basic": {"series": series}}).json
    tables = ("engineering_works", "clinical_work", "teaching")
    assert [key for key in tables if f"summary.{key}" not in entry["hidden"]] == [table]
    refused = evaluating.save(entry["id"], {"summary": {table: [begun]}}, account)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("required", f"sections.summary.{table}.0.{key}") for key in missing
    ]


@pytest.mark.req("S4e-08")
def test_a_work_account_finds_the_project_of_its_committee_while_it_is_open(evaluating: Any) -> None:
    evaluating.committee()
    unit = evaluating.house.unit()
    account = sub_account_actor(unit.unit_id)
    closed = evaluating.project("intermediate_unit", opens_on="2020-01-01", closes_on="2020-12-31", year=2020)
    query = {"programme": evaluating.programme, "variant": "intermediate_unit"}
    listed = evaluating.client(account).get("/v1/projects", query_string=query).json["items"]
    assert {p["id"]: p["open"] for p in listed} == {evaluating.projects["intermediate_unit"]: True, closed: False}
    application = evaluating.filled("intermediate_unit", account)
    route = evaluating.client(account).get(f"/v1/applications/{application}/route").json["steps"]
    assert [s["organisation_name"] for s in route if s["step_key"] == "committee_review"] == ["C"]
    body = {"project_id": closed, "accepted": evaluating.agreed}
    assert evaluating.client(account).post("/v1/applications", json=body).status_code == 409
    assert evaluating.begin("intermediate_personal", account).status_code == 403
