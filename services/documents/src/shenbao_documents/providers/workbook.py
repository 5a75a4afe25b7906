"""Writes one table as an Excel workbook, row by row in constant memory; a cell is text, never a formula."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import BinaryIO
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

_WIDEST, _NARROWEST = 40, 8
MOST_ROWS = 1_000_000
"""Excel has room for 1,048,576."""

_LONGEST = 32_767
"""Characters that Excel keeps in a cell, where those beyond U+FFFF count twice."""
_PIECE = 16_000
"""Of a longer text, in each of its cells; so many fit, whichever they are."""

_SAMPLE = 200
"""Rows that the widths of the columns are taken from."""


def write_table(target: BinaryIO, *, title: str, labels: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Title over all columns, header that stays in sight and on every printed page, then the rows as they come."""
    coming = iter(rows)
    sample = list(islice(coming, _SAMPLE))
    options = {"constant_memory": True, "tmpdir": tempfile.gettempdir(), "strings_to_formulas": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        _lay_out(sheet, [labels, *sample])
        heading = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        boxed = {"border": 1, "valign": "vcenter", "text_wrap": True}
        header = book.add_format({**boxed, "bold": True, "align": "center", "bg_color": "#E8EDF3"})
        cell = book.add_format({**boxed, "num_format": "@"})
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, title, heading)
        if len(labels) > 1:
            sheet.merge_range(0, 0, 0, len(labels) - 1, title, heading)
        sheet.set_row(1, 30)
        _write_row(sheet, 1, labels, header)
        rest = _Rest(book, cell)
        for number, row in enumerate(chain(sample, coming), start=2):
            _write_row(sheet, number, [rest.beginning(number, n, text) for n, text in enumerate(row)], cell)


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, number: int, texts: Iterable[str], style: object) -> None:
    for column, text in enumerate(texts):
        sheet.write_string(number, column, text, style)


class _Rest:
    """What is too long for its cell goes on in a sheet of its own, which there is only then."""

    def __init__(self, book: xlsxwriter.Workbook, style: object) -> None:
        self._book, self._style, self._rows = book, style, 0

    @cached_property
    def _sheet(self) -> xlsxwriter.worksheet.Worksheet:
        sheet = self._book.add_worksheet("续")
        sheet.set_column(1, 1, 2 * _WIDEST)
        return sheet

    def beginning(self, row: int, column: int, text: str) -> str:
        """The text; of one that no cell holds the beginning, and where it goes on."""
        if len(text) <= _PIECE or len(text.encode("utf-16-le")) <= 2 * _LONGEST:
            return text
        first = self._rows + 1
        for start in range(_PIECE, len(text), _PIECE):
            piece = [xl_rowcol_to_cell(row, column), text[start : start + _PIECE]]
            _write_row(self._sheet, self._rows, piece, self._style)
            self._rows += 1
        return f"{text[:_PIECE]}……（未完，接工作表“续”第 {first} 至 {self._rows} 行）"


def _lay_out(sheet: xlsxwriter.worksheet.Worksheet, sample: Sequence[Sequence[str]]) -> None:
    for column, width in enumerate(_widths(sample)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _widths(sample: Sequence[Sequence[str]]) -> Iterator[int]:
    for column in range(len(sample[0])):
        longest = max((_width(row[column]) for row in sample if column < len(row)), default=0)
        yield min(_WIDEST, max(_NARROWEST, longest + 2))


def _width(text: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
