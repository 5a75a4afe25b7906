"""Titles: declared by a person from the archive, examined by the person's unit."""

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa

MANY = 2100
_COPIES = (
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT gen_random_uuid(), 'copy-' || n, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at"
    " FROM application, generate_series(1, :number) AS n"
)
_EXAMINED = (
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), a.id, s.step_key, 1, s.organisation_id, '', s.state"
    " FROM application AS a, step AS s WHERE a.reference LIKE 'copy-%' AND s.organisation_id = a.unit_id"
)
CHECK = "unit_qualification_check"
PLAN = "关于2020年度高级建筑工程申报通知"
REVIEW, RECOGNITION = "title_review", "title_recognition"


@pytest.mark.req("S1-27")
def test_only_what_was_passed_is_selectable_and_the_other_is_shown_with_its_state(titles: Any) -> None:
    e1, e2 = titles.pending(titles.a), titles.pending(titles.a)
    titles.decide("pass", e1)
    application = titles.application(titles.a, titles.plan())
    offered = {one["record_id"]: (one["selectable"], one["state"]) for one in titles.citations(titles.a, application)}
    assert offered == {e1: (True, "passed"), e2: (False, "pending")}
    refused = titles.cite(titles.a, application, e1, e2)
    assert refused.status_code == 422
    assert [(e["path"], e["code"]) for e in refused.json["errors"]] == [("records.1", "record_not_passed")]
    cited = titles.cite(titles.a, application, e1)
    assert cited.json["sections"]["education"]["records"] == [titles.degree | {"archive_record": e1}]

    titles.save(titles.a, e1, titles.degree | {"major": "工程管理"})  # Copied once: a new version changes nothing here.
    kept = titles.house.get(titles.a, application).json["sections"]["education"]["records"]
    assert kept == [titles.degree | {"archive_record": e1}]
    assert [c["cited"] for c in titles.citations(titles.a, application)] == [True, False]


def test_nobody_types_what_is_to_be_cited_nor_cites_anothers_records(titles: Any) -> None:
    theirs = titles.pending(titles.b)
    titles.decide("pass", theirs)
    application = titles.application(titles.a, titles.plan())
    typed = titles.house.save(titles.a, application, {"education": {"records": [titles.degree]}}, part=True)
    assert [(e["path"], e["code"]) for e in typed.json["errors"]] == [("sections.education", "cited_only")]
    assert titles.cite(titles.a, application, theirs).json["errors"][0]["code"] == "unknown_record"
    path = f"/v1/applications/{application}/citations"
    assert titles.client(titles.b).get(f"{path}/education").status_code == 404
    assert titles.client(titles.a).get(f"{path}/basic").status_code == 404


@pytest.mark.req("S1-28")
def test_the_tabs_of_the_examination_read_1_114_0_1_and_115(titles: Any) -> None:
    first = titles.declared(titles.a, titles.plan())
    titles.multiply(first["id"], {"passed": 114, "returned": 1})
    assert titles.tabs() == {"open": 1, "passed": 114, "failed": 0, "returned": 1, "all": 115}
    page = titles.ask(tab="all", limit=100).json
    rest = titles.ask(tab="all", limit=100, after=page["next"]).json
    assert len({item["id"] for item in page["items"] + rest["items"]}) == 115
    assert rest["next"] is None


@pytest.mark.req("S1-29")
def test_year_plan_and_keyword_narrow_the_list_and_its_counts_together(titles: Any) -> None:
    of_2019, of_2020, other = (
        titles.plan(2019, "2019年度申报通知"),
        titles.plan(),
        titles.plan(2020, "2020年度经济申报通知"),
    )
    titles.declared(titles.a, of_2019)
    ours = {titles.declared(titles.a, of_2020)["id"], titles.declared(titles.b, of_2020)["id"]}
    titles.declared(titles.a, other)
    assert titles.tabs()["open"] == 4
    chosen = {"year": 2020, "project_id": of_2020}
    assert titles.ids(**chosen) == ours
    assert titles.tabs(**chosen) == {"open": 2, "passed": 0, "failed": 0, "returned": 0, "all": 2}
    assert titles.ids(year=2019, project_id=of_2020) == set()
    assert len(titles.ids(**chosen, q="四")) == titles.tabs(**chosen, q="四")["all"] == 1
    offered = titles.ask("/plans").json["items"]
    assert {(p["year"], p["name"]) for p in offered} == {
        (2019, "2019年度申报通知"),
        (2020, PLAN),
        (2020, "2020年度经济申报通知"),
    }


@pytest.mark.req("S1-21")
def test_records_and_applications_are_found_by_a_piece_of_number_or_name(titles: Any) -> None:
    plan = titles.plan()
    zhang, li = titles.declared(titles.a, plan)["id"], titles.declared(titles.b, plan)["id"]
    record_of_zhang, record_of_li = titles.pending(titles.a), titles.pending(titles.b)
    assert (titles.ids(q="0014"), titles.ids(q="四")) == ({zhang}, {li})
    assert [r["id"] for r in titles.listed(q="0014")] == [record_of_zhang]
    assert [r["id"] for r in titles.listed(q="四")] == [record_of_li]


def test_a_returned_application_leaves_all_and_stays_on_record_when_it_comes_again(titles: Any) -> None:
    sent = titles.declared(titles.a, titles.plan())
    titles.house.returned(sent, titles.unit(), CHECK)
    assert titles.tabs() == {"open": 0, "passed": 0, "failed": 0, "returned": 1, "all": 0}
    titles.sent(titles.a, sent["id"])
    assert titles.tabs() == {"open": 1, "passed": 0, "failed": 0, "returned": 1, "all": 1}


def test_an_application_that_failed_cannot_be_handed_in_again(titles: Any) -> None:
    sent = titles.declared(titles.a, titles.plan())
    titles.house.failed(sent, titles.unit(), CHECK)
    assert titles.house.get(titles.a, sent["id"]).json["status_label"]["zh"] == "审查不通过"
    again = titles.client(titles.a).post(f"/v1/applications/{sent['id']}/report", json={})
    assert again.status_code == 409


def test_a_line_says_plan_year_title_and_moment(titles: Any) -> None:
    titles.declared(titles.a, titles.plan())
    (line,) = titles.ask().json["items"]
    assert (line["person_name"], line["year"], line["project_name"], line["state"]) == ("张三", 2020, PLAN, "open")
    assert line["title"]["zh"] == "高级工程师(副高级)"
    assert line["headline"]["basic.declared_title"]["zh"] == "工程技术-建筑工程技术人员-高级工程师(副高级)"
    assert line["reported_at"]


def test_recognition_is_listed_by_the_department_that_accepts(titles: Any) -> None:
    first, second = titles.accepting(titles.house.d1), titles.accepting(titles.house.d2)
    ours = titles.declared(titles.a, first, RECOGNITION)["id"]
    titles.declared(titles.b, second, RECOGNITION)
    (line,) = titles.ask(programme=RECOGNITION, publisher_id=titles.house.d1.organisation_id).json["items"]
    assert (line["id"], line["publisher_name"]) == (ours, "D1")
    assert line["variant_label"]["zh"] == "职称认定(外省转入)"


def test_sheets_hold_what_is_listed_and_the_publicity_table_nobodys_number(titles: Any) -> None:
    plan = titles.plan()
    titles.declared(titles.a, plan)
    titles.declared(titles.b, plan)
    other = titles.declared(titles.a, titles.plan(2019, "2019年度申报通知"))
    for kind in ("roster", "publicity_table"):
        slip = titles.ask("/sheet", kind=kind, year=2020, project_id=plan).json["sheet"]
        said = _claims(slip)
        assert [row[1 if kind == "roster" else 0] for row in said["rows"]] == ["李四", "张三"]
        assert ("330000199001010014" in str(said)) == (kind == "roster")
        assert ("13800000000" in str(said)) == (kind == "roster")
        assert other["reference"] not in str(said)


def test_sheets_of_a_long_list_come_in_parts_with_every_row_once_in_its_order(titles: Any) -> None:
    titles.declared(titles.a, titles.plan())
    with titles.house.service.service.engine.begin() as connection:
        connection.execute(sa.text(_COPIES), {"number": MANY - 1})
        connection.execute(sa.text(_EXAMINED))
        order = "SELECT a.reference FROM application AS a JOIN step AS s ON s.application_id = a.id ORDER BY s.id DESC"
        wanted = list(connection.scalars(sa.text(order)))
    first, asked = titles.ask("/sheet-parts", kind="roster").json, {"programme": REVIEW, "kind": "roster"}
    last = titles.ask("/sheet-parts", kind="roster", after=first["next"]).json
    assert last["next"] is None
    sheets = [_claims(part["sheet"]) for part in (first, last)]
    assert [len(sheet["rows"]) for sheet in sheets] == [2000, MANY - 2000]
    assert (sheets[0]["title"], sheets[0]["columns"]) == (sheets[1]["title"], sheets[1]["columns"])
    assert [row[0] for sheet in sheets for row in sheet["rows"]] == wanted
    assert len(set(wanted)) == MANY
    client = titles.client(titles.u1)
    for path, query in (("sheet", asked), ("sheet-parts", asked | {"after": "x"})):
        refused = client.get(f"/v1/examinations/{path}", query_string=query)
        code = "too_many" if path == "sheet" else "invalid_cursor"
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)


def _claims(slip: str) -> dict[str, Any]:
    body = slip.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_nobody_but_a_unit_has_a_list_of_examinations(titles: Any) -> None:
    titles.declared(titles.a, titles.plan())
    other = titles.house.unit(name="另一公司")
    assert titles.client(other).get("/v1/examinations", query_string={"programme": REVIEW}).json["items"] == []
    for actor in (titles.a, titles.house.d1, titles.house.admin):
        for path in ("", "/counts", "/plans", "/sheet", "/sheet-parts"):
            query = {"programme": REVIEW} | ({"kind": "roster"} if path.startswith("/sheet") else {})
            assert titles.client(actor).get(f"/v1/examinations{path}", query_string=query).status_code == 403
