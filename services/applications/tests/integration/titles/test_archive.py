"""The performance archive: filled in by a person, verified by the person's unit."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_applications.app import create_app
from shenbao_applications.settings import Settings
from shenbao_common.contracts.applications import ArchiveProofShownV1, FilesUsedV1
from shenbao_common.contracts.units import SelfDeclaringEndedV1
from shenbao_common.testing.actors import admin_actor, office_actor


@pytest.mark.req("S1-20")
def test_the_tabs_of_a_category_read_1_26_2_and_29(archive: Any) -> None:
    records = [archive.pending(archive.a) for _ in range(32)]
    archive.decide("pass", *records[:26])
    archive.decide("fail", *records[26:28], opinion="学位不符")
    archive.decide("return", *records[28:31], opinion="缺证书编号")
    assert archive.counts() == {"pending": 1, "passed": 26, "failed": 2, "all": 29}
    assert [r["id"] for r in archive.listed(tab="pending")] == records[31:]
    assert len(archive.listed(tab="all", limit=100)) == 29


@pytest.mark.req("S1-23")
def test_a_decision_changes_that_record_only(archive: Any) -> None:
    first, second = archive.pending(archive.a), archive.pending(archive.a)
    shown = archive.get(archive.u1, first)
    assert shown["person"] == archive.zhang
    assert shown["values"] == archive.degree
    assert archive.waiting() == {"education": 2}
    assert archive.decide("pass", first).json["results"] == [{"id": first, "result": "decided"}]
    assert archive.get(archive.u1, first)["state"] == "passed"
    assert archive.get(archive.u1, second)["state"] == "pending"
    assert archive.waiting() == {"education": 1}


@pytest.mark.req("S1-24")
def test_a_batch_reports_the_record_that_was_decided_meanwhile_and_leaves_it(archive: Any) -> None:
    one, two, three = (archive.pending(archive.a) for _ in range(3))
    archive.decide("fail", three, opinion="学位不符")
    results = archive.decide("pass", one, two, three).json["results"]
    assert [r["result"] for r in results] == ["decided", "decided", "refused"]
    assert results[2]["code"] == "already_decided"
    assert [archive.get(archive.u1, r)["state"] for r in (one, two, three)] == ["passed", "passed", "failed"]


@pytest.mark.req("S1-20")
def test_a_unit_does_not_read_a_draft_or_a_record_that_was_given_back_until_it_comes_again(archive: Any) -> None:
    draft, record = archive.draft(archive.a), archive.pending(archive.a)
    archive.decide("return", record, opinion="专业名称有误")
    archive.save(archive.a, record, archive.degree | {"major": "未写完"})
    for hidden in (draft, record):
        for path in (f"{archive.records}/{hidden}", f"{archive.records}/{hidden}/log"):
            assert archive.client(archive.u1).get(path).status_code == 404
            assert archive.client(archive.a).get(path).status_code == 200
    assert archive.listed(tab="all") == []
    again = archive.decide("pass", draft, record).json["results"]
    assert [one["code"] for one in again] == ["not_found", "already_decided"]
    archive.submit(archive.a, record)
    assert archive.get(archive.u1, record)["values"]["major"] == "未写完"


@pytest.mark.req("S1-25")
def test_the_log_tells_in_order_who_did_what_and_nothing_changes_it(archive: Any) -> None:
    record = archive.pending(archive.a)
    archive.decide("return", record, opinion="缺专业名称")
    archive.submit(archive.a, record)
    archive.decide("pass", record)
    lines = archive.client(archive.u1).get(f"{archive.records}/{record}/log").json["items"]
    decided = [line for line in lines if line["action"] != "submit"]
    assert [(d["actor"], d["action"], d["opinion"]) for d in decided] == [
        ("示例科技有限公司", "return", "缺专业名称"),
        ("示例科技有限公司", "pass", None),
    ]
    assert decided[0]["at"] < decided[1]["at"]
    for method in ("post", "put", "patch", "delete"):
        assert (
            getattr(archive.client(archive.u1), method)(f"{archive.records}/{record}/log", json={}).status_code == 405
        )
    for statement in ("UPDATE archive_entry SET action = 'pass'", "DELETE FROM archive_entry"):
        with archive.house.service.sessions() as session, pytest.raises(sa.exc.IntegrityError, match="only ever added"):
            session.execute(sa.text(statement))


def test_records_are_found_by_a_piece_of_name_or_number(archive: Any) -> None:
    zhang, li = archive.pending(archive.a), archive.pending(archive.b)
    assert [r["id"] for r in archive.listed(q="0014")] == [zhang]
    assert [r["id"] for r in archive.listed(q="四")] == [li]
    assert [r["id"] for r in archive.listed(q="李四")] == [li]
    assert {r["id"] for r in archive.listed(q="330000")} == {zhang, li}
    assert archive.listed(q="王") == archive.listed(q="%") == []
    assert archive.counts(q="0014") == {"pending": 1, "passed": 0, "failed": 0, "all": 1}


def test_name_and_number_stand_nowhere_readable(archive: Any) -> None:
    archive.pending(archive.a)
    with archive.house.service.sessions() as session:
        for table in ("archive_holder", "archive_record", "archive_version", "archive_entry", "outbox"):
            rows = str(session.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608
            assert "张三" not in rows
            assert "330000199001010014" not in rows


def test_what_is_missing_or_wrong_is_named_at_once(archive: Any) -> None:
    wrong = archive.begin(archive.a, {"degree_date": "2020-02-30", "degree": "king", "colour": "red"})
    assert wrong.status_code == 422
    assert {(e["path"], e["code"]) for e in wrong.json["errors"]} == {
        ("values.degree_date", "wrong_format"),
        ("values.degree", "unknown_choice"),
        ("values.colour", "unknown_field"),
    }
    record = archive.draft(archive.a, {"degree_unit": "示例大学"})
    missing = archive.submit(archive.a, record)
    assert missing.status_code == 422
    assert {e["path"] for e in missing.json["errors"]} == {"values.degree_date", "values.degree", "values.major"}
    assert archive.begin(archive.a, category="unknown").json["errors"][0]["path"] == "category"
    assert archive.begin(archive.a, profile=archive.slip(archive.b)).json["errors"][0]["code"] == "person_invalid"
    unexplained = archive.decide("return", archive.pending(archive.a))
    assert (unexplained.status_code, unexplained.json["errors"][0]["code"]) == (422, "opinion_required")


AWARD = {
    "project_name": "示例工程",
    "award_kind": "progress",
    "award_grade": "first",
    "awarding_department": "示例省人民政府",
    "award_date": "2021-05-01",
}


def test_a_file_proves_a_record_and_the_unit_is_told_that_it_may_read_it(archive: Any) -> None:
    record = archive.draft(archive.a, AWARD, category="awards")
    assert archive.submit(archive.a, record).json["errors"][0]["path"] == "values.files"
    receipt = archive.house.receipt(archive.a, purpose="archive_proof", unit_id=None, name="证书.pdf")
    elsewhere = archive.house.receipt(archive.a, purpose="wallet", unit_id=None)
    refused = archive.save(archive.a, record, AWARD | {"files": [elsewhere]})
    assert refused.json["errors"][0]["code"] == "receipt_of_other_purpose"
    saved = archive.save(archive.a, record, AWARD | {"files": [receipt]}).json
    (file,) = saved["values"]["files"]
    assert archive.save(archive.a, record, AWARD | {"files": [file]}).json["values"]["files"] == [file]
    archive.submit(archive.a, record)
    (told,) = archive.house.service.told(ArchiveProofShownV1)
    assert (str(told.document_id), told.unit_id) == (file["document_id"], archive.u1.unit_id)
    used = archive.house.service.told(FilesUsedV1)
    assert {(str(one.used_by), one.kind) for one in used} == {(record, "archive_record")}
    assert [one.document_ids for one in used] == [(), (file["document_id"],), (file["document_id"],)]


def test_who_belongs_to_no_unit_may_fill_in_and_not_hand_in(archive: Any) -> None:
    alone = archive.person(bound=False)
    record = archive.draft(alone)
    refused = archive.submit(alone, record)
    assert (refused.status_code, refused.json["code"]) == (409, "binding_required")
    etag = archive.client(alone).get(f"{archive.records}/{record}").headers["ETag"]
    gone = archive.client(alone).delete(f"{archive.records}/{record}", headers={"If-Match": etag})
    assert gone.status_code == 204
    assert archive.client(alone).get(f"{archive.records}/{record}").status_code == 404
    *_, last = archive.house.service.told(FilesUsedV1)
    assert (str(last.used_by), last.document_ids) == (record, ())


def test_nobody_else_reads_or_decides(archive: Any) -> None:
    record = archive.pending(archive.a)
    other_unit = archive.house.unit(name="另一公司")
    for stranger in (archive.b, other_unit):
        assert archive.client(stranger).get(f"{archive.records}/{record}").status_code == 404
        assert archive.client(stranger).get(f"{archive.records}/{record}/log").status_code == 404
        assert archive.client(stranger).get(archive.records).json["items"] == []
    body = {"ids": [record], "action": "pass"}
    for other in (other_unit, office_actor(), archive.house.d1):
        (result,) = archive.client(other).post("/v1/archive/decisions", json=body).json["results"]
        assert result["code"] == "not_found"
    for kind in (archive.a, admin_actor()):
        assert archive.client(kind).post("/v1/archive/decisions", json=body).status_code == 403
    assert archive.get(archive.a, record)["state"] == "pending"


def test_the_records_of_who_declares_in_a_units_name_are_verified_by_its_department(archive: Any) -> None:
    house, owner = archive.house, archive.person(bound=False)
    alone = house.unit(name="个人以单位名义注册的单位", self_declaring=True)
    archive.bind(owner, alone)
    record, decisions = archive.pending(owner), "/v1/archive/decisions"
    others = archive.pending(archive.a)
    body = {"ids": [record, others], "action": "pass"}
    own = archive.client(alone).post(decisions, json=body)
    assert (own.status_code, own.json["code"]) == (409, "department_verifies")
    assert archive.client(alone).get("/v1/archive/categories").json["verifies"] is False

    department, elsewhere = archive.client(house.d1), archive.client(house.d2)
    assert [r["id"] for r in department.get(archive.records).json["items"]] == [record]
    assert department.get(f"{archive.records}/counts").json["pending"] == 1
    assert elsewhere.get(f"{archive.records}/{record}").status_code == 404
    assert elsewhere.post(decisions, json=body).json["results"][0]["code"] == "not_found"
    clerk = archive.client(office_actor(house.d1.organisation_id, "project.publish"))
    assert clerk.get(archive.records).status_code == clerk.post(decisions, json=body).status_code == 403

    results = department.post(decisions, json=body).json["results"]
    assert [r.get("code", r["result"]) for r in results] == ["decided", "not_found"]
    assert department.get(f"{archive.records}/{record}/log").json["items"][-1]["actor"] == "D1"

    house.service.hear(SelfDeclaringEndedV1(unit_id=alone.unit_id, revision=2))
    assert department.get(archive.records).json["items"] == []
    archive.save(owner, record, archive.degree | {"major": "结构工程"})
    again = archive.client(alone).post(decisions, json=body | {"ids": [record]}).json["results"]
    assert [r["result"] for r in again] == ["decided"]


def test_a_department_to_which_a_self_declaring_unit_moves_reads_what_was_handed_in_before(archive: Any) -> None:
    house, owner, clerk = archive.house, archive.person(bound=False), archive.person(bound=False)
    alone, examining = house.unit(name="随人迁移的单位", self_declaring=True), house.unit(name="自行审查的单位")
    files = {}
    for person, unit in ((owner, alone), (clerk, examining)):
        archive.bind(person, unit)
        receipt = house.receipt(person, purpose="archive_proof", unit_id=None, name="证书.pdf")
        record = archive.draft(person, AWARD | {"files": [receipt]}, category="awards")
        archive.draft(
            person, AWARD | {"files": [house.receipt(person, purpose="archive_proof", unit_id=None)]}, category="awards"
        )
        archive.submit(person, record)
        files[unit.unit_id] = archive.get(person, record)["values"]["files"][0]["document_id"]
    before = house.service.told(ArchiveProofShownV1)
    for unit in (alone, examining):
        house.move(unit, house.d2, revision=2)
    (told,) = house.service.told(ArchiveProofShownV1)[len(before) :]
    assert (str(told.document_id), told.department_id) == (files[alone.unit_id], house.d2.organisation_id)
    assert [r["state"] for r in archive.client(house.d2).get(archive.records).json["items"]] == ["pending"]
    assert archive.client(house.d1).get(archive.records).json["items"] == []


OWN_CATEGORIES = """
categories:
  - key: education
    zh: 教育经历
    en: Education
    columns: [school]
    fields: [{key: school, zh: 学校, en: School, type: text}]
  - key: exhibitions
    zh: 参展情况
    en: Exhibitions
    columns: [name]
    fields: [{key: name, zh: 展览, en: Name, type: text}]
"""


@pytest.fixture
def own_categories(service_factory: Any, tmp_path: Path) -> Any:
    file = tmp_path / "archive.yaml"
    file.write_text(OWN_CATEGORIES, encoding="utf-8")
    return service_factory("applications", create_app, Settings, {"APPLICATIONS_ARCHIVE_FILE": str(file)})


def test_an_authority_configures_categories_of_its_own(own_categories: Any, archive: Any) -> None:
    listed = archive.client(archive.u1).get("/v1/archive/categories").json["items"]
    assert [c["zh"] for c in listed][:7] == [
        "教育经历",
        "工作经历",
        "继续教育(培训)情况",
        "学术技术兼职情况",
        "获奖情况",
        "获得荣誉称号情况",
        "主持参与科研项目(基金)情况",
    ]
    own = own_categories.client(archive.u1).get("/v1/archive/categories").json["items"]
    assert [c["zh"] for c in own] == ["教育经历", "参展情况"]
