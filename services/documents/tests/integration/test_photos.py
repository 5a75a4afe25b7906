"""The applicant's photo on forms that have a place for it."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image
from pypdf import PdfReader

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest

CAMPUS = Path(__file__).parents[4] / "programmes" / "campus_title_evaluation"
FORM = {"programme": "campus_title_evaluation", "version": 1, "kind": "declaration_form"}
PHOTO = "material:campus_title_evaluation:1:photo"


@pytest.fixture
def campus(documents: UnderTest) -> UnderTest:
    """With version 1 of a programme whose form has a place for the photo."""
    pack = yaml.safe_load((CAMPUS / "programme.yaml").read_text(encoding="utf-8"))
    templates = {path.name: path.read_text(encoding="utf-8") for path in (CAMPUS / "templates").glob("*.typ")}
    published = {"programme": FORM["programme"], "version": 1, "pack": pack | {"templates": templates}}
    documents.hear(ProgrammePublishedV1(**published))
    return documents


def portrait(size: tuple[int, int]) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (180, 120, 60)).save(target, "JPEG")
    return target.getvalue()


def first_page(pdf: bytes) -> tuple[str, list[tuple[int, int]]]:
    """Its text, and the sizes of its images."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    return "".join(page.extract_text().split()), [one.image.size for one in page.images if one.image]


def test_the_photo_stands_on_the_form_scaled_to_its_place(campus: UnderTest, send: Any, printed: Any) -> None:
    unit = unit_actor()
    photo = send(unit, portrait((1500, 2100)), "照片.jpg", PHOTO).json["id"]
    text, images = first_page(printed(unit, **FORM, photo=photo))
    assert images == [(343, 480)]
    assert "照片" not in text


@pytest.mark.parametrize("given", ["none", "erased"])
def test_without_a_photo_its_place_is_an_empty_box_that_says_so(
    campus: UnderTest, send: Any, printed: Any, given: str
) -> None:
    unit: Actor = unit_actor()
    photo = None
    if given == "erased":
        photo = send(unit, portrait((300, 420)), "照片.jpg", PHOTO).json["id"]
        with campus.service.engine.begin() as connection:
            connection.exec_driver_sql("delete from file")
    text, images = first_page(printed(unit, **FORM, photo=photo))
    assert (images, "照片" in text) == ([], True)
