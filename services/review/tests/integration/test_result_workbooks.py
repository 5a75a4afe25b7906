"""The workbook that an outside committee hands in: thirty cases, or every bad row by its number (S4a-08)."""

import io
import struct
import zipfile
from typing import Any

import pytest
import xlsxwriter
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1
from shenbao_common.testing.service import UnderTest

STEP = {"key": "committee_review", "decider": "committee", "actions": ["pass", "fail"]}
SHEET, RELATIONS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
HEADS = ("序号", "编号", "评审结果", "评审意见")


def workbook(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("评审情况")
        for number, row in enumerate((heads, *rows)):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def far_away(row: int, column: int) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write_row(0, 0, HEADS)
        book.worksheets()[0].write_string(row, column, "x")
    return target.getvalue()


def altered(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with something else in one of its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as sink:
        for one in source.infolist():
            written = source.read(one)
            assert one.filename != part or old in written
            sink.writestr(one.filename, written.replace(old, new) if one.filename == part else written)
    return target.getvalue()


def understated() -> bytes:
    """Says that a part of 20 MB has a thousand bytes."""
    content = altered(far_away(3, 3), "xl/sharedStrings.xml", b"<t>x</t>", b"<t>" + b"x" * 20_000_000 + b"</t>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    return content.replace(struct.pack("<I", size), struct.pack("<I", 1000))


class Outside:
    """A committee of the province that evaluates for the bureau."""

    def __init__(self, town: Any, review: UnderTest) -> None:
        self.town, self.review = town, review
        town.publish_route(STEP)
        self.chief = town.office(town.bureau)
        made = self.chief.post("/v1/committees", json={"name": "省评委会", "outside": True}).json
        self.path = f"/v1/committees/{made['committee_id']}/results-workbook"

    def hand_in(self, content: bytes, client: Any = None) -> Any:
        boundary, encoded = encode_multipart({"file": FileStorage(io.BytesIO(content), "评审结果.xlsx")})
        head = f"multipart/form-data; boundary={boundary}"
        return (client or self.chief).post(self.path, data=encoded, content_type=head)


@pytest.fixture
def outside(town: Any, review: UnderTest) -> Outside:
    return Outside(town, review)


@pytest.mark.req("S4a-08")
def test_of_thirty_handed_over_twenty_five_pass_five_do_not_and_no_other_is_changed(outside: Outside) -> None:
    town = outside.town
    handed = [town.report(version=2) for _ in range(30)]
    other = town.report(version=2)
    rows = [(n, r.reference, "通过" if n <= 25 else "不通过", "") for n, r in enumerate(handed, 1)]
    taken = outside.hand_in(workbook(*rows))
    assert (taken.status_code, taken.json) == (200, {"passed": 25, "failed": 5})
    passed = {e.application_id for e in outside.review.told(StepPassedV1)}
    failed = {e.application_id for e in outside.review.told(StepFailedV1)}
    assert passed == {r.application_id for r in handed[:25]}
    assert failed == {r.application_id for r in handed[25:]}
    # The reporting unit and the department see each result; nobody else's case moved.
    for client in (town.unit(), outside.chief):
        states = [town.case(client, report)["status"] for report in (handed[0], handed[29], other)]
        assert states == ["passed", "failed", "in_review"]


def test_every_bad_row_is_named_by_its_number_and_then_none_counts(outside: Outside) -> None:
    town = outside.town
    first, second = town.report(version=2), town.report(version=2)
    bad = outside.hand_in(
        workbook(
            (1, first.reference, "通过", ""),
            (2, "2014-999999", "通过", ""),
            (),
            (3, "", "通过", ""),
            (4, second.reference, "待定", ""),
            (5, first.reference, "不通过", "重复"),
            (6, "2014-999998", "不通过", "长" * 2001),
        )
    )
    assert bad.status_code == 422
    assert [(e["code"], e["path"]) for e in bad.json["errors"]] == [
        ("not_in_committee_step", "rows.3.reference"),
        ("required", "rows.5.reference"),
        ("unknown_choice", "rows.6.result"),
        ("duplicate", "rows.7.reference"),
        ("too_long", "rows.8.opinion"),
    ]
    assert outside.review.told(StepPassedV1) == []
    assert town.case(town.unit(), first)["status"] == "in_review"
    good = outside.hand_in(workbook(("failed", "业绩不足", first.reference), heads=("评审结果", "评审意见", "编号")))
    assert good.json == {"passed": 0, "failed": 1}
    log = town.unit().get(f"/v1/cases/{first.application_id}/log").json["items"]
    assert [(line["action"], line["opinion"]) for line in log] == [("fail", "业绩不足")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_damaged"),
        (b"PK\x03\x04 no workbook", "file_damaged"),
        (workbook()[:200], "file_damaged"),
        (workbook(("x",), heads=("姓名",)), "heads_missing"),
        (workbook(), "wrong_number_of_rows"),
        (b"0" * (512 * 1024 + 1), "file_too_large"),
        # A reader that keeps a place for every cell up to the last one would want hundreds of gigabytes.
        (far_away(1_048_575, 16_383), "file_too_large"),
        (altered(far_away(3, 3), SHEET, b'r="D4"', b'r="xfd1048576"'), "file_too_large"),
        (altered(far_away(3, 3), SHEET, b'r="D4"', b'r="AAAAA1"'), "file_damaged"),
        (altered(far_away(3, 3), SHEET, b'<row r="4" spans="1:4"><c r="D4"', b'<row r="9999999"><c'), "file_too_large"),
        (altered(far_away(3, 3), RELATIONS, b"sheet1.xml", b"sheet1.png"), "file_damaged"),
        (
            altered(far_away(3, 3), "xl/sharedStrings.xml", b"<t>x</t>", b"<t>" + b"x" * 20_000_000 + b"</t>"),
            "file_too_large",
        ),
        (understated(), "file_damaged"),
    ],
)
def test_a_file_that_is_no_such_workbook_is_refused(outside: Outside, content: bytes, code: str) -> None:
    refused = outside.hand_in(content)
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [(code, "file")]


def test_no_stranger_hands_in_results(outside: Outside) -> None:
    town = outside.town
    report = town.report(version=2)
    content = workbook((1, report.reference, "通过", ""))
    assert outside.hand_in(content, town.office(town.d1)).status_code == 404
    assert outside.hand_in(content, town.office(town.bureau, "review.assign")).status_code == 403
    assert outside.hand_in(content, town.unit()).status_code == 403
    assert outside.hand_in(content, outside.review.client()).status_code == 401
    assert town.case(town.unit(), report)["status"] == "in_review"
