"""Every official form of every programme, with everything filled in: sound, and readable to the last character."""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import yaml
from PIL import Image
from pypdf import PdfReader

from shenbao_documents.actions.drawing import qr
from shenbao_documents.domain.forms import forms_of
from shenbao_documents.providers.typesetting import Typesetter

PROGRAMMES = Path(__file__).parents[4] / "programmes"
_WHEN = datetime(2014, 5, 6, 2, tzinfo=UTC)
_LONG = "主持城市数据平台建设，任项目负责人，获省科学技术进步奖二等奖；𬱖𠮷等五人参加。"
_EMPTY = re.compile(r"[\s\u200b\ufeff]+")


def _forms() -> Iterator[Any]:
    for path in sorted(PROGRAMMES.glob("*/programme.yaml")):
        texts = {t.name: t.read_text(encoding="utf-8") for t in path.parent.glob("templates/*.typ")}
        pack = yaml.safe_load(path.read_text(encoding="utf-8")) | {"templates": texts}
        for kind, form in forms_of(pack).items():
            yield pytest.param(pack, form, id=f"{pack['programme']}-{kind}")


@pytest.fixture(scope="module")
def typesetter(fonts: tuple[str, ...]) -> Typesetter:
    return Typesetter(fonts)


def filled(pack: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every field of the form with a text of its own, two rows in every table."""
    numbers = count(100)

    def value(field: Mapping[str, Any]) -> Any:
        if field["type"] == "rows":
            return [{column["key"]: value(column) for column in field["fields"]} for _ in range(2)]
        return f"王{next(numbers)}{_LONG if field['type'] == 'long_text' else '𬱖𠮷'}"

    sections = (section for section in pack["sections"] if not section.get("read_only"))
    return {s["key"]: {f["key"]: value(f) for f in s.get("fields") or ()} for s in sections}


def sheet(pack: Mapping[str, Any], form: Mapping[str, str], *, reported: bool) -> dict[str, Any]:
    """As the service gives it to the template."""
    return {
        "title": form["title"],
        "watermark": "" if reported else form["watermark"],
        "reference": "CD2014000123" if reported else "",
        "revision": "4",
        "unit_seal": None,
        "qr": qr("CD2014000123") if reported else "",
        "made_at": "2014-05-06 10:00:00",
        "unit_name": "示例科技有限公司",
        "project_name": "2014年度项目",
        "publisher_name": "市人力资源和社会保障局",
        "year": "2014",
        "variant_label": "初级",
        "sections": filled(pack),
    }


@pytest.mark.parametrize(("pack", "form"), list(_forms()))
def test_a_full_form_is_sound_and_gives_back_every_character(
    typesetter: Typesetter, pack: dict[str, Any], form: dict[str, str]
) -> None:
    pages = {}
    for reported in (True, False):
        pdf = typesetter.typeset(form["template"], sheet(pack, form, reported=reported), made_at=_WHEN)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert document.check_pdf_syntax() == [], "what `qpdf --check` says"
            assert document.Root.MarkInfo.Marked
        with pypdfium2.PdfDocument(pdf) as document:
            pages[reported] = [_EMPTY.sub("", page.get_textpage().get_text_range()) for page in document]
    clean, marked = pages[True], pages[False]
    assert all(f"第{number}页共{len(clean)}页" in text for number, text in enumerate(clean, start=1))
    assert all("编号：CD2014000123版本：4" in text for text in clean)
    assert _EMPTY.sub("", form["title"]) in clean[0]
    assert all("仅供预览" in text for text in marked)
    assert not any("仅供预览" in text for text in clean)
    assert len([text for text in clean if "年月日" in text]) <= 1, "the boxes that are signed stand on one page"
    whole = "".join(clean)
    shown = [text for text in _texts(filled(pack)) if _EMPTY.sub("", text)[:4] in whole]
    assert len(shown) > 6
    assert [text for text in shown if text not in whole] == []


@pytest.mark.parametrize(("pack", "form"), list(_forms()))
def test_rows_have_the_names_of_their_columns_above_them_on_every_page(
    typesetter: Typesetter, pack: dict[str, Any], form: dict[str, str]
) -> None:
    tables = re.findall(r'#records\("([^"]+)", "(\w+)"', form["template"])
    told = sheet(pack, form, reported=True)
    for _, section in tables:
        rows = told["sections"][section]["records"]
        told["sections"][section]["records"] = [dict.fromkeys(rows[0], f"{section}{n}行") for n in range(60)]
    with pypdfium2.PdfDocument(typesetter.typeset(form["template"], told, made_at=_WHEN)) as document:
        pages = [_EMPTY.sub("", page.get_textpage().get_text_range()) for page in document]
    for label, section in tables:
        with_rows = [text for text in pages if re.search(rf"(?<![a-z_]){section}\d+行", text)]
        assert len(with_rows) > 1
        assert [text for text in pages if label in text] == with_rows, f"{label}: names and rows stand together"


def test_a_recognition_form_names_the_department_that_accepts_it(typesetter: Typesetter) -> None:
    pack, form = next(found.values for found in _forms() if found.id == "title_recognition-recognition_form")
    pdf = typesetter.typeset(form["template"], sheet(pack, form, reported=True), made_at=_WHEN)
    with pypdfium2.PdfDocument(pdf) as document:
        text = _EMPTY.sub("", document[0].get_textpage().get_text_range())
    assert "受理部门市人力资源和社会保障局" in text


def test_the_summary_form_has_the_place_of_the_units_seal(typesetter: Typesetter) -> None:
    found = {one.id: one.values for one in _forms()}
    pack, form = found["title_committee_evaluation-evaluation_summary_form"]
    seal = io.BytesIO()
    Image.new("RGB", (90, 90), (200, 30, 30)).save(seal, "PNG")
    told = sheet(pack, form, reported=True)
    for given in (None, list(seal.getvalue())):
        pdf = typesetter.typeset(form["template"], told | {"unit_seal": given}, made_at=_WHEN)
        pages = PdfReader(io.BytesIO(pdf)).pages
        assert len(pages) <= 2
        assert "（盖章）" in "".join("".join(page.extract_text().split()) for page in pages)
        assert sum(len(page.images) for page in pages) == (1 if given else 0)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        yield from (text for inner in (value if isinstance(value, list) else value.values()) for text in _texts(inner))
