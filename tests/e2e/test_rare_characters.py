"""A name beyond the basic plane comes back as it was written, everywhere."""

import io

import pypdfium2
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from shenbao_stack import job
from shenbao_stack.demo.town import FORM, Town
from shenbao_stack.world import done

NAME = "𬱖𠮷"


@pytest.mark.req("B-15")
def test_the_same_code_points_come_back_from_api_search_pdf_and_workbook(town: Town) -> None:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    application = town.reported(unit.user, project, person_name=NAME)

    assert [ord(c) for c in job.shown(unit.user, application)["sections"]["basic"]["person_name"]] == [0x2CC56, 0x20BB7]
    found = done(unit.user.call("GET", "applications", "/v1/applications", params={"q": NAME}))["items"]
    assert [(a["id"], a["person_name"]) for a in found] == [(application, NAME)]

    pdf = job.printed(unit.user, job.print_form(unit.user, application, FORM)["id"])
    assert NAME in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    drawn = [glyph(pdf, character) for character in NAME]
    assert drawn[0] != drawn[1], "both are drawn as the same box"
    assert all(0.05 < ink < 0.6 for _picture, ink in drawn)

    rows = CalamineWorkbook.from_filelike(io.BytesIO(job.export(unit.user, q=NAME))).get_sheet_by_index(0).to_python()
    assert [NAME in row for row in rows[2:]] == [True]


def glyph(pdf: bytes, character: str) -> tuple[bytes, float]:
    """How the character looks on the first page, and the part of its box that is ink."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    # PDFium counts in UTF-16 units.
    place = text.get_text_range().encode("utf-16-le").index(character.encode("utf-16-le")) // 2
    left, bottom, right, top = text.get_charbox(place, loose=True)
    height = page.get_height()
    scale = 6
    box = [round(v * scale) for v in (left, height - top, right, height - bottom)]
    picture = page.render(scale=scale).to_pil().convert("1").crop(box).resize((60, 60))
    pixels = picture.tobytes()
    return pixels, 1 - sum(byte.bit_count() for byte in pixels) / (60 * 60)
