"""A workbook of results (评审结果) as rows of text."""

import io
import zipfile
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES = 512 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024
"""A workbook is an archive, which may be a thousand times as large as it looks."""

HEADS = {"reference": ("编号", "reference"), "result": ("评审结果", "result"), "opinion": ("评审意见", "opinion")}
RESULTS = {"通过": "passed", "passed": "passed", "不通过": "failed", "未通过": "failed", "failed": "failed"}


class BadWorkbook(Exception):
    """code: why it cannot be read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """number: as the workbook counts its rows. result: what the cell says where it is none of the known words."""

    number: int
    reference: str
    result: str
    opinion: str


def lines(content: bytes) -> list[Line]:
    """The rows below the heads of the first sheet; empty ones are left out. The order of the columns is free."""
    if len(content) > MOST_BYTES:
        raise BadWorkbook("file_too_large")
    table = _table(content)
    heads = [cell.casefold() for cell in table[0]] if table else []
    places = {name: next((heads.index(w) for w in words if w in heads), None) for name, words in HEADS.items()}
    if places["reference"] is None or places["result"] is None:
        raise BadWorkbook("heads_missing")
    return [_line(number, row, places) for number, row in enumerate(table[1:], 2) if any(row)]


def _line(number: int, row: list[str], places: dict[str, int | None]) -> Line:
    found = {name: row[at] if at is not None and at < len(row) else "" for name, at in places.items()}
    return Line(number, found["reference"], RESULTS.get(found["result"], found["result"]), found["opinion"])


def _table(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise BadWorkbook("file_too_large")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [[str(cell).strip() for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (zipfile.BadZipFile, CalamineError) as wrong:
        raise BadWorkbook("file_damaged") from wrong
