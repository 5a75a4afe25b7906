"""Twenty received applications, sorted by unit and then by level, in a workbook of five chosen columns."""

import io

import pytest
from python_calamine import CalamineWorkbook

from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.waiting import until
from shenbao_stack.world import done

COLUMNS = ["unit", "level", "person", "reference", "project"]
LIST = "/v1/applications"


@pytest.mark.req("S4a-06")
def test_twenty_applications_come_sorted_by_unit_and_level_with_five_columns(town: Town) -> None:
    department = town.department()
    officer = department.user
    projects = [town.project(department), town.project(town.bureau, INTERMEDIATE)]
    for registered in ({}, {"code": "000000035", "legal_representative": "陈立"}):
        unit = town.unit(department, **registered)
        unit.user.follow(officer)
        unit.user.follow(town.bureau.user)
        for n in range(10):
            town.reported(unit.user, projects[n % 2])
        officer.follow(unit.user)

    def received() -> int:
        return int(done(officer.call("GET", "applications", f"{LIST}/counts"))["in_review"])

    until(lambda: received() == 20, what="twenty are received")
    order = {"sort": "unit,level", "limit": 100}
    listed = done(officer.call("GET", "applications", LIST, params=order))["items"]
    asked = {"columns": COLUMNS, "sort": ["unit", "level"]}
    sheet = done(officer.call("POST", "applications", f"{LIST}/table-sheet", asked))
    made = officer.call("POST", "documents", "/v1/exports", sheet).raise_for_status().content
    _title, header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert header == ["单位名称", "级别", "姓名", "编号", "申报项目"]
    assert len(rows) == 20
    assert [row[3] for row in rows] == [item["reference"] for item in listed]
    units = list(dict.fromkeys(item["unit_name"] for item in listed))
    assert len(units) == 2
    assert [row[:2] for row in rows] == [[unit, level] for unit in units for level in ["初级"] * 5 + ["中级"] * 5]
