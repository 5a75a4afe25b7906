"""The electronic seal: cut out of a scan, and on the print where the unit has its opinion."""

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import admin_actor, office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest

PAPER, INK = (232, 228, 220), (206, 44, 40)


def stamp() -> bytes:
    """A scan: grey paper with text in black, and a round red stamp."""
    scan = Image.new("RGB", (900, 700), PAPER)
    draw = ImageDraw.Draw(scan)
    draw.rectangle((40, 40, 400, 60), fill=(30, 30, 30))
    draw.ellipse((300, 150, 700, 550), outline=INK, width=18)
    draw.regular_polygon((500, 350, 90), 5, fill=INK)
    target = io.BytesIO()
    scan.save(target, "JPEG", quality=80)
    return target.getvalue()


def sealed(documents: UnderTest, actor: Actor, scan: bytes) -> Any:
    form = {"file": FileStorage(io.BytesIO(scan), "公章.jpg")}
    return documents.client(actor).put("/v1/seals/mine", data=form, content_type="multipart/form-data")


def red_parts(pdf: bytes) -> list[tuple[int, float]]:
    """(page, height from the top as part of the page) of every seal-coloured region, found on the rendered page."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        picture = page.render(scale=1).to_pil().convert("RGB")
        red, green, _blue = picture.split()
        ink = Image.merge("RGB", (red, green, green)).convert("RGB")
        mask = Image.eval(red, lambda v: 255 if v > 150 else 0)
        pale = Image.eval(green, lambda v: 255 if v < 120 else 0)
        box = Image.composite(mask, Image.new("L", ink.size), pale).getbbox()
        if box:
            found.append((number, (box[1] + box[3]) / 2 / picture.height))
    return found


def test_the_red_is_kept_and_the_paper_and_the_black_are_gone(documents: UnderTest) -> None:
    unit = unit_actor()
    assert sealed(documents, unit, stamp()).status_code == 204
    answer = documents.client(unit).get("/v1/seals/mine/image")
    seal = Image.open(io.BytesIO(answer.data))
    assert (seal.format, seal.mode) == ("PNG", "RGBA")
    assert seal.width == seal.height == 360
    corner, middle, hollow = (seal.getpixel(at) for at in ((2, 2), (180, 180), (90, 180)))
    assert isinstance(corner, tuple)
    assert isinstance(middle, tuple)
    assert isinstance(hollow, tuple)
    assert (corner[3], hollow[3]) == (0, 0)
    assert middle[3] == 255
    assert (middle[0] > 180, middle[1] < 80) == (True, True)


@pytest.mark.req("S4b-04")
def test_the_printed_form_carries_the_seal_at_the_units_opinion_and_else_the_place_is_blank(
    documents: UnderTest, printed: Any
) -> None:
    unit = unit_actor()
    assert red_parts(printed(unit)) == []
    sealed(documents, unit, stamp())
    assert red_parts(printed(unit, reported=False)) == []
    [(page, height)] = red_parts(printed(unit))
    assert red_parts(printed(unit, unit_reported=False)) == [], "the unit has said nothing yet"
    # The unit's opinion is the first of the three on the second page.
    assert page == 1
    assert 0.2 < height < 0.36


@pytest.mark.parametrize("colour", [PAPER, (20, 20, 160)])
def test_a_scan_without_a_red_seal_is_refused(documents: UnderTest, colour: tuple[int, int, int]) -> None:
    target = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(target, "PNG")
    refused = sealed(documents, unit_actor(), target.getvalue())
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "no_seal_found")


def test_only_who_may_speak_for_the_unit_or_office_sets_its_seal(documents: UnderTest, samples: Any) -> None:
    unit = unit_actor()
    assert unit.unit_id
    clerk = sub_account_actor(unit.unit_id)
    assert sealed(documents, clerk, stamp()).status_code == 403
    assert sealed(documents, admin_actor(), stamp()).status_code == 403
    assert sealed(documents, office_actor(), stamp()).status_code == 204
    assert sealed(documents, unit, b"MZ" + bytes(500)).json["errors"][0]["code"] == "file_damaged"
    assert sealed(documents, unit, samples.bomb()).json["errors"][0]["code"] == "image_too_large"
    assert documents.client(unit).get("/v1/seals/mine/image").status_code == 404
    sealed(documents, unit, stamp())
    assert documents.client(clerk).delete("/v1/seals/mine").status_code == 403
    assert documents.client(unit).delete("/v1/seals/mine").status_code == 204
    assert documents.client(unit).get("/v1/seals/mine/image").status_code == 404
