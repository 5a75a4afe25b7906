"""Academic and technical leaders: records with their attachments, limits, the check and the submission."""

from typing import Any

import pytest

AWARDS = "sections.awards.records"


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(e["path"], e["code"]) for e in answer.json["errors"]]


def problems(answer: Any, section: str) -> list[tuple[str, str]]:
    return [(p["path"], p["code"]) for p in answer.json["problems"] if p["path"].startswith(f"sections.{section}.")]


def award(leading: Any, name: str = "节水灌溉", **changes: Any) -> dict[str, Any]:
    made = {
        "project_name": name,
        "award_kind": "progress_award",
        "award_grade": "first",
        "participants": 8,
        "awarding_department": "省政府",
        "award_date": "2022-05-01",
        "is_ranked": "no",
        "files": [leading.file("files", name="证书.pdf")],
    } | changes
    return {key: value for key, value in made.items() if value is not None}


def paper(leading: Any, *parts: str) -> dict[str, Any]:
    return {
        "title": "灌溉制度研究",
        "published_date": "2021-03-01",
        "issue_number": "2021-3",
        "work_kind": "journal_paper",
        "periodical_name": "水利学报",
        "own_rank": 1,
        "participants": 3,
        **{part: [leading.file(part, name=f"{part}.jpg")] for part in parts},
    }


@pytest.mark.req("S3-25")
def test_records_are_added_edited_moved_and_deleted_one_by_one_and_keep_their_files(leading: Any) -> None:
    application = leading.begun()

    def put(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        saved = leading.save(application, {"awards": {"records": records}})
        assert saved.status_code == 200, saved.json
        return list(leading.sections(application)["awards"]["records"])

    kept: list[dict[str, Any]] = []
    for name in ("1", "2", "3"):
        kept = put([*kept, award(leading, name)])
    first, second, third = kept
    moved = put([first, third, second])
    assert moved == [first, third, second]
    edited = put([first, third | {"awarding_department": "市政府"}, second])
    assert [r["awarding_department"] for r in edited] == ["省政府", "市政府", "省政府"]
    left = put(edited[1:])
    assert [r["project_name"] for r in left] == ["3", "2"]
    assert [r["files"] for r in left] == [third["files"], second["files"]]


def test_a_file_of_a_record_is_nobody_elses(leading: Any) -> None:
    application = leading.begun()
    other = leading.house.receipt(leading.house.unit(), purpose="attachment:x:1:files")
    refused = leading.save(application, {"awards": {"records": [award(leading, files=[other])]}})
    assert errors(refused) == [(f"{AWARDS}.0.files.0", "receipt_of_other_purpose")]
    unknown = {"document_id": "01900000-0000-7000-8000-000000000000"}
    refused = leading.save(application, {"awards": {"records": [award(leading, files=[unknown])]}})
    assert errors(refused) == [(f"{AWARDS}.0.files.0", "unknown_document")]


@pytest.mark.req("S3-26")
def test_work_that_ends_before_it_starts_is_refused(leading: Any) -> None:
    application = leading.begun()
    work = {"start_date": "2015-07-01", "end_date": "2010-01-01", "unit_name": "示例科技有限公司", "post": "工程师"}
    refused = leading.save(application, {"work_experience": {"records": [work]}})
    assert errors(refused) == [("sections.work_experience.records.0.end_date", "ends_before_start")]
    assert leading.sections(application)["work_experience"] == {}
    right = work | {"end_date": "2020-01-01"}
    assert leading.save(application, {"work_experience": {"records": [right]}}).status_code == 200
    assert leading.save(application, {"work_experience": {"records": [right, right]}}).status_code == 200
    assert len(leading.sections(application)["work_experience"]["records"]) == 2


@pytest.mark.req("S3-27")
def test_a_ranked_award_needs_a_rank_within_its_participants(leading: Any) -> None:
    application = leading.begun()
    without = leading.save(application, {"awards": {"records": [award(leading, is_ranked="yes")]}})
    assert problems(without, "awards") == [(f"{AWARDS}.0.own_rank", "required")]
    above = award(leading, is_ranked="yes", own_rank=3, participants=2)
    refused = leading.save(application, {"awards": {"records": [above]}})
    assert errors(refused) == [(f"{AWARDS}.0.own_rank", "rank_above_participants")]
    unranked = leading.save(application, {"awards": {"records": [award(leading)]}})
    assert (unranked.status_code, problems(unranked, "awards")) == (200, [])
    empty = leading.save(application, {"awards": {"records": [{"project_name": "节水灌溉"}]}})
    named = {path.rsplit(".", 1)[1] for path, _code in problems(empty, "awards")}
    assert named == {
        "award_kind",
        "award_grade",
        "participants",
        "awarding_department",
        "award_date",
        "is_ranked",
        "files",
    }


@pytest.mark.req("S3-28")
def test_awards_and_honours_count_five_years_before_the_plan_starts(leading: Any) -> None:
    application = leading.begun()
    in_time = leading.save(application, {"awards": {"records": [award(leading, award_date="2019-07-01")]}})
    assert in_time.status_code == 200
    late = leading.save(application, {"awards": {"records": [award(leading, award_date="2019-06-30")]}})
    assert (late.status_code, errors(late)) == (422, [(f"{AWARDS}.0.award_date", "older_than_five_years")])
    assert late.json["errors"][0]["params"]["en"].startswith("Older than five years")
    honour = {"honour_name": "劳动模范", "granted_date": "2019-06-30"}
    refused = leading.save(application, {"honours": {"records": [honour]}})
    assert errors(refused) == [("sections.honours.records.0.granted_date", "older_than_five_years")]


@pytest.mark.req("S3-29")
def test_an_honour_has_four_fields_and_its_proof(leading: Any) -> None:
    application = leading.begun()
    honour = {
        "honour_name": "劳动模范",
        "honour_level": "provincial",
        "granted_date": "2023-05-01",
        "issuing_unit": "省总工会",
        "files": [leading.file("files", name="荣誉证书.jpg")],
    }
    saved = leading.save(application, {"honours": {"records": [honour]}})
    assert problems(saved, "honours") == []
    assert len(saved.json["sections"]["honours"]["records"][0]["files"]) == 1
    nameless = {key: value for key, value in honour.items() if key not in {"honour_name", "files"}}
    without = leading.save(application, {"honours": {"records": [nameless]}})
    assert ("sections.honours.records.0.honour_name", "required") in problems(without, "honours")


@pytest.mark.req("S3-30")
def test_a_paper_needs_cover_contents_page_and_own_pages(leading: Any) -> None:
    application = leading.filled()
    leading.save(application, {"papers": {"records": [paper(leading, "cover")]}})
    check = leading.check(application)
    place = "sections.papers.records.0"
    assert [p["path"] for p in check["problems"]] == [f"{place}.contents_page", f"{place}.own_pages"]
    leading.save(application, {"papers": {"records": [paper(leading, "cover", "contents_page", "own_pages")]}})
    assert leading.check(application)["problems"] == []


@pytest.mark.req("S3-31")
def test_research_that_was_awarded_names_the_award(leading: Any) -> None:
    application = leading.begun()
    project = {
        "project_name": "智慧灌区",
        "year": 2023,
        "is_awarded": "yes",
        "summary": "在研",
        "files": [leading.file("files", name="任务书.pdf")],
    }
    awarded = leading.save(application, {"research": {"records": [project]}})
    assert ("sections.research.records.0.award_name", "required") in problems(awarded, "research")
    plain = leading.save(application, {"research": {"records": [project | {"is_awarded": "no"}]}})
    assert (plain.status_code, problems(plain, "research")) == (200, [])


@pytest.mark.req("S3-32")
def test_the_contribution_has_at_most_800_characters_each_counted_once(leading: Any) -> None:
    application = leading.begun()
    text = "字" * 398 + "，\n" + "𠮷" * 400
    assert len(text) == 800
    assert leading.save(application, {"outstanding_contribution": {"text": text}}).status_code == 200
    sent_by_a_form = text.replace("\n", "\r\n")
    assert leading.save(application, {"outstanding_contribution": {"text": sent_by_a_form}}).status_code == 200
    refused = leading.save(application, {"outstanding_contribution": {"text": text + "字"}})
    assert errors(refused) == [("sections.outstanding_contribution.text", "too_long")]
    assert refused.json["errors"][0]["params"] == {"limit": "800"}
    assert leading.sections(application)["outstanding_contribution"]["text"] == text


@pytest.mark.req("S3-33")
def test_other_remarks_have_at_most_500_characters_and_may_be_blank(leading: Any) -> None:
    application = leading.filled()
    assert leading.save(application, {"other_remarks": {"text": "字" * 500}}).status_code == 200
    refused = leading.save(application, {"other_remarks": {"text": "字" * 501}})
    assert errors(refused) == [("sections.other_remarks.text", "too_long")]
    leading.save(application, {"other_remarks": {"text": ""}})
    assert leading.check(application)["problems"] == []


def items_not_met(check: dict[str, Any]) -> list[str]:
    return [item["path"] for item in check["items"] if not item["met"]]


@pytest.mark.req("S3-36")
def test_only_a_met_check_of_the_current_data_lets_one_submit(leading: Any) -> None:
    leading.bind()
    application = leading.filled()
    early = leading.submit(application)
    assert (early.status_code, early.json["code"]) == (409, "check_needed")
    leading.save(application, {"papers": {"records": [paper(leading, "cover", "contents_page")]}})
    failed = leading.check(application)
    assert (failed["complete"], items_not_met(failed)) == (False, ["sections.papers.records"])
    assert "sections.basic.person_name" in [item["path"] for item in failed["items"] if item["met"]]
    assert leading.house.get(leading.a, application).json["reportable"] is False
    assert leading.submit(application).status_code == 409

    record = paper(leading, "cover", "contents_page", "own_pages")
    leading.save(application, {"papers": {"records": [record]}})
    assert leading.check(application)["complete"] is True
    assert leading.house.get(leading.a, application).json["status"] == "ready_to_report"
    leading.save(application, {"other_remarks": {"text": "补充"}})
    assert leading.house.get(leading.a, application).json["reportable"] is False
    assert leading.submit(application).json["code"] == "check_needed"
    leading.check(application)
    assert leading.submit(application).status_code == 200


@pytest.mark.req("S3-21")
def test_a_degree_asks_for_its_certificate(leading: Any) -> None:
    application = leading.filled()
    place = "sections.basic.degree_certificate"
    blank = leading.check(application)
    assert place not in [item["path"] for item in blank["items"]]
    leading.save(application, {"basic": {"degree": "master"}})
    assert items_not_met(leading.check(application)) == [place]
    leading.save(application, {"basic": {"degree_certificate": leading.file("degree_certificate", "material")}})
    assert items_not_met(leading.check(application)) == []


@pytest.mark.req("S3-22")
def test_the_signed_commitment_is_among_the_basic_attachments(leading: Any) -> None:
    application = leading.filled()
    leading.save(application, {"basic": {"signed_commitment": None}})
    assert items_not_met(leading.check(application)) == ["sections.basic.signed_commitment"]
    signed = leading.file("signed_commitment", "material", "承诺书.pdf")
    leading.save(application, {"basic": {"signed_commitment": signed}})
    assert leading.check(application)["problems"] == []
    without_photo = leading.save(application, {"basic": {"photo": None}})
    assert problems(without_photo, "basic") == [("sections.basic.photo", "required")]
