"""A workbook of results (评审结果) as rows of text."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES = 512 * 1024
_MOST_UNPACKED = 16 * 1024 * 1024
"""A workbook is an archive, which may be a thousand times as large as it looks."""
_MOST_ROWS, _MOST_COLUMNS = 10_000, 200
"""The reader keeps a place for every cell up to the last one, so one that stands far away would fill the memory."""
_OTHERS = {"xl/workbook.bin", "content.xml"}
"""By which the reader would take the archive for a workbook of another kind."""
_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")

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
            _ensure_small(archive)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [[str(cell).strip() for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, CalamineError) as wrong:
        raise BadWorkbook("file_damaged") from wrong


def _ensure_small(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise BadWorkbook("file_too_large")
    if _OTHERS & {part.filename for part in parts} or any(part.flag_bits & 0x1 for part in parts):
        raise BadWorkbook("file_damaged")
    # Each part is read to its end, by which a size or a checksum that is not true comes to light.
    for part in parts:
        written = archive.read(part)
        if part.filename.endswith((".xml", ".rels")):
            _Cells().look_at(written)


class _Cells:
    """Where the cells that hold something stand: as they say, and else one after the other."""

    def __init__(self) -> None:
        self._row = self._column = 0

    def look_at(self, written: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.Parse(written, True)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        kind, place = name.rpartition(":")[2], attributes.get("r")
        if kind == "row":
            self._row, self._column = _placed("A" + place)[0] if place else self._row + 1, 0
        elif kind == "c":
            self._row, self._column = _placed(place) if place else (self._row, self._column + 1)
        elif kind == "Relationship" and _is_hidden_sheet(attributes):
            raise BadWorkbook("file_damaged")
        elif kind in {"v", "is"} and (self._row > _MOST_ROWS or self._column > _MOST_COLUMNS):
            raise BadWorkbook("file_too_large")


def _placed(place: str) -> tuple[int, int]:
    """Row and column of a place such as B7."""
    found = _PLACE.fullmatch(place.upper())
    if found is None:
        raise BadWorkbook("file_damaged")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _is_hidden_sheet(relation: Mapping[str, str]) -> bool:
    """A sheet in a part that is not looked at."""
    return relation.get("Type", "").endswith("/worksheet") and not relation.get("Target", "").endswith(".xml")
