"""Summary tables as Excel workbooks."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest

COLUMNS = [{"key": "reference", "label": "编号"}, {"key": "name", "label": "姓名"}, {"key": "id", "label": "证件号码"}]


def table(actor: Actor, rows: list[list[str]]) -> dict[str, Any]:
    return {
        "kind": "summary_table",
        "account_id": str(actor.account_id),
        "title": "申报材料汇总表",
        "columns": COLUMNS,
        "rows": rows,
    }


def export(documents: UnderTest, actor: Actor, claims: dict[str, Any]) -> Any:
    slip = documents.slip("applications", "shenbao-sheet+jwt", claims)
    return documents.client(actor).post("/v1/exports", json={"sheet": slip}, buffered=True)


def cells(answer: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    rows: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return rows


@pytest.mark.req("S4g-19")
def test_a_query_result_of_7_gives_a_header_and_7_rows_in_the_listed_order(documents: UnderTest) -> None:
    unit = unit_actor()
    rows = [[f"CD{9 - n}", f"测试{n}", "330000199001010014"] for n in range(7)]
    answer = export(documents, unit, table(unit, rows))
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"shenbao.xlsx\"; filename*=UTF-8''"
        "%E7%94%B3%E6%8A%A5%E6%9D%90%E6%96%99%E6%B1%87%E6%80%BB%E8%A1%A8.xlsx"
    )
    title, header, *found = cells(answer)
    assert title[0] == "申报材料汇总表"
    assert header == ["编号", "姓名", "证件号码"]
    assert found == rows


@pytest.mark.req("S4a-10")
def test_other_systems_get_the_chosen_columns_as_values_in_utf_8(documents: UnderTest) -> None:
    office = office_actor()
    rows = [["CD1", "测试𬱖𠮷", "0012"], ["CD2", '引号"与,逗号', ""]]
    slip = documents.slip("applications", "shenbao-sheet+jwt", table(office, rows))
    answer = documents.client(office).post("/v1/exports", json={"sheet": slip, "format": "csv"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert list(csv.reader(answer.data.decode("utf-8").splitlines())) == [["编号", "姓名", "证件号码"], *rows]
    other = documents.client(office).post("/v1/exports", json={"sheet": slip, "format": "pdf"})
    assert (other.status_code, [e["path"] for e in other.json["errors"]]) == (422, ["format"])


def test_no_cell_becomes_a_formula_a_number_or_a_link(documents: UnderTest) -> None:
    unit = unit_actor()
    rows = [["=1+1", "@SUM(A1)", "+86"], ["-1", "http://example.invalid", "000000019"], ["\tx", "测试𬱖𠮷", ""]]
    found = cells(export(documents, unit, table(unit, rows)))[2:]
    assert found == rows


@pytest.mark.parametrize("character", ["长", "𠮷"])
def test_a_text_that_no_cell_of_excel_holds_goes_on_in_another_sheet(documents: UnderTest, character: str) -> None:
    unit = unit_actor()
    long = "".join(f"{n:05}{character}" for n in range(6_000))
    rows = [["CD1", "测试甲", ""], ["CD2", "短", long], ["CD3", long, "330000199001010014"]]
    answer = export(documents, unit, table(unit, rows))
    _, _, first, second, third = cells(answer)
    assert (first, second[:2], third[2]) == (rows[0], rows[1][:2], rows[2][2])
    assert second[2].endswith("……（未完，接工作表“续”第 1 至 2 行）")
    assert third[1].endswith("……（未完，接工作表“续”第 3 至 4 行）")
    rest = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_name("续").to_python()
    assert [row[0] for row in rest] == ["C4", "C4", "B5", "B5"]
    whole = second[2].partition("……")[0] + rest[0][1] + rest[1][1]
    assert whole == long == third[1].partition("……")[0] + rest[2][1] + rest[3][1]
    assert all(len(cell.encode("utf-16-le")) <= 2 * 32_767 for row in (second, third, *rest) for cell in row)
    assert CalamineWorkbook.from_filelike(
        io.BytesIO(export(documents, unit, table(unit, rows[:1])).data)
    ).sheet_names == ["Sheet1"]


def test_an_empty_result_is_a_table_with_its_header(documents: UnderTest) -> None:
    unit = unit_actor()
    assert cells(export(documents, unit, table(unit, [])))[1] == ["编号", "姓名", "证件号码"]


def test_the_same_key_gives_the_same_workbook(documents: UnderTest) -> None:
    unit = unit_actor()
    slip = documents.slip("applications", "shenbao-sheet+jwt", table(unit, [["1", "2", "3"]]))
    head = {"Idempotency-Key": "double-click"}
    first, again = (
        documents.client(unit).post("/v1/exports", json={"sheet": slip}, headers=head, buffered=True) for _ in range(2)
    )
    assert first.data == again.data
    assert first.headers["Content-Disposition"] == again.headers["Content-Disposition"]


def test_two_thousand_rows_are_exported(documents: UnderTest) -> None:
    unit = unit_actor()
    rows = [[f"CD{n}", "测试" * 10, "330000199001010014"] for n in range(2000)]
    assert len(cells(export(documents, unit, table(unit, rows)))) == 2002


def test_a_table_is_for_the_account_it_was_given_to_and_needs_the_tick(documents: UnderTest) -> None:
    unit = unit_actor()
    assert export(documents, unit_actor(), table(unit, [])).status_code == 404
    assert unit.unit_id
    sub_account = sub_account_actor(unit.unit_id, "application.fill")
    assert export(documents, sub_account, table(sub_account, [])).json["code"] == "permission_missing"
    wrong = table(unit, []) | {"rows": None}
    assert export(documents, unit, wrong).json["errors"][0]["code"] == "sheet_invalid"
