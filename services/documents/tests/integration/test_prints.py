"""Official forms: right to the glyph, watermarked until reported, outdated when printed content changed."""

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from shenbao_common.contracts.applications import (
    ApplicationResubmittedV1,
    ApplicationSavedV1,
    ApplicationSubmittedV1,
)
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, count_queries

Printer = Callable[..., TestResponse]
BASIC = {"person_name": "测试甲", "sex": "女", "id_number": "330000199001010014", "birth_date": "1990-01-01"}
EDUCATION = [{"ended_on": "2012-06", "completion": "毕业", "school": "杭州虚构大学", "major": "计算机科学与技术"}]
WATERMARK = "未上报 · 仅供预览"


def sheet(unit: Actor, **changes: Any) -> dict[str, Any]:
    """The claims of a reported material's form."""
    return {
        "kind": "determination_form",
        "application_id": str(uuid7()),
        "revision": 4,
        "reported": True,
        "print_hash": "content-1",
        "programme": "title_initial_determination",
        "version": 3,
        "unit_id": str(unit.unit_id),
        "filler_id": str(unit.account_id),
        "account_id": str(unit.account_id),
        "reference": "CD2014000123",
        "project_name": "2014年初定初级",
        "unit_name": "示例科技有限公司",
        "year": "2014",
        "variant_label": "初定初级",
        "sections": {"basic": BASIC, "experience": {"education": EDUCATION, "achievements": "第一段\n第二段"}},
    } | changes


@pytest.fixture
def printed(documents: UnderTest) -> Printer:
    def make(actor: Actor, claims: Mapping[str, Any], **options: Any) -> TestResponse:
        slip = documents.slip("applications", "shenbao-sheet+jwt", claims, **options)
        return documents.client(actor).post("/v1/prints", json={"sheet": slip})

    return make


@pytest.fixture
def pdf(documents: UnderTest) -> Callable[..., PdfReader]:
    def read(actor: Actor, made: TestResponse) -> PdfReader:
        answer = documents.client(actor).get(f"/v1/prints/{made.json['id']}/content", buffered=True)
        assert answer.status_code == 200
        with pikepdf.open(io.BytesIO(answer.data)) as document:
            assert document.check_pdf_syntax() == []  # what qpdf --check says
        return PdfReader(io.BytesIO(answer.data))

    return read


def texts(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


@pytest.mark.req("S4g-20")
@pytest.mark.parametrize(
    ("kind", "title"),
    [("determination_form", "专业技术资格初定表"), ("recognition_form", "专业技术资格认定表")],
)
def test_a_reported_material_prints_the_right_form_without_watermark(
    printed: Printer, pdf: Any, kind: str, title: str
) -> None:
    unit = unit_actor()
    made = printed(unit, sheet(unit, kind=kind))
    assert made.status_code == 201, made.json
    assert (made.json["kind"], made.json["title"], made.json["watermark"]) == (kind, title, False)
    pages = texts(pdf(unit, made))
    assert len(pages) == made.json["pages"] == 2
    assert not any("仅供预览" in page for page in pages)
    for wanted in (title, "测试甲", "330000199001010014", "杭州虚构大学", "第二段", "示例科技有限公司"):
        assert wanted in pages[0]
    assert all("编号：CD2014000123" in page and "打印时间：" in page for page in pages)
    assert ["第 1 页" in pages[0], "第 2 页" in pages[1]] == [True, True]
    assert all(seal in "".join(pages[1].split()) for seal in ("单位负责人（签字）", "盖章", "年月日"))


def test_nobody_removes_the_bytes_of_a_print_between_their_writing_and_their_row(
    printed: Printer, held: list[bool]
) -> None:
    unit = unit_actor()
    assert printed(unit, sheet(unit, reported=False)).status_code == 201
    assert held == [True]


@pytest.mark.req("S4g-20")
def test_a_print_before_the_report_bears_a_watermark_on_every_page(printed: Printer, pdf: Any) -> None:
    unit = unit_actor()
    long = {"basic": BASIC, "experience": {"education": EDUCATION * 10, "achievements": "主要工作成绩。" * 280}}
    made = printed(unit, sheet(unit, reported=False, reference="", sections=long))
    assert made.json["watermark"] is True
    pages = texts(pdf(unit, made))
    assert len(pages) >= 3
    assert all(WATERMARK in page for page in pages)


def test_rare_characters_come_back_from_the_pdf(printed: Printer, pdf: Any) -> None:
    unit = unit_actor()
    rare = {"basic": BASIC | {"person_name": "测试𬱖𠮷", "former_name": "䶮㛃𬭎𫖮"}}
    text = texts(pdf(unit, printed(unit, sheet(unit, sections=rare))))[0]
    assert "测试𬱖𠮷" in text
    assert "䶮㛃𬭎𫖮" in text


def test_foreign_names_and_the_signs_of_science_are_printed(printed: Printer, pdf: Any) -> None:
    unit = unit_actor()
    school = {"education": [{"school": "Politechnika Łódzka"}], "achievements": "CO₂ m⁻¹ ✔☑ Ελλας Ђорђе 𝑥"}
    made = printed(unit, sheet(unit, sections={"basic": BASIC, "experience": school}))
    text = "".join("".join(texts(pdf(unit, made))).split())
    for shown in ("PolitechnikaŁódzka", "CO₂", "m⁻¹", "✔☑", "Ελλας", "Ђорђе", "𝑥"):
        assert shown in text


def test_a_word_without_end_stays_on_the_paper(printed: Printer, pdf: Any) -> None:
    unit = unit_actor()
    word = "MKhN" * 5_000
    row = {"school": word[:200], "major": "https://example.gov.cn/" + word[:100]}
    made = printed(
        unit, sheet(unit, sections={"basic": BASIC, "experience": {"education": [row], "achievements": word}})
    )
    assert made.status_code == 201
    pages = [(p.get_width(), p.get_textpage()) for p in pypdfium2.PdfDocument(pdf(unit, made).stream)]
    rights = [(text.get_charbox(n)[2], width) for width, text in pages for n in range(text.count_chars())]
    assert len(rights) > len(word)
    assert [right for right, width in rights if right > width - 20] == []


def test_characters_that_no_font_has_are_all_named_with_their_field(printed: Printer, kept: Any) -> None:
    unit = unit_actor()
    wrong = {
        "basic": BASIC | {"person_name": "甲\ue000"},
        "experience": {"education": [{"school": "学校"}, {"school": "😀学校"}]},
    }
    answer = printed(unit, sheet(unit, sections=wrong))
    assert answer.status_code == 422
    assert [(e["code"], e["path"], e["params"]["code_point"]) for e in answer.json["errors"]] == [
        ("glyph_missing", "sections.basic.person_name", "U+E000"),
        ("glyph_missing", "sections.experience.education.1.school", "U+1F600"),
    ]
    assert kept() == []


def test_data_is_never_markup(printed: Printer, pdf: Any) -> None:
    unit = unit_actor()
    evil = '#read("/etc/passwd") *b* $x$ `y` @z'
    made = printed(unit, sheet(unit, sections={"experience": {"achievements": evil}}))
    assert evil in " ".join(texts(pdf(unit, made))[0].split())


def test_the_file_is_pdf_a_and_the_same_sheet_gives_the_same_bytes(printed: Printer, kept: Any) -> None:
    unit = unit_actor()
    claims = sheet(unit, reported=False) | {"iat": 1_399_341_600}
    first, second = printed(unit, claims).json, printed(unit, claims).json
    assert first["id"] != second["id"]
    assert first["made_at"].startswith("2014-05-06T02:00:00")
    [path] = kept()
    body = path.read_bytes()
    assert path.name == hashlib.sha256(body).hexdigest()
    assert b"<pdfaid:part>2</pdfaid:part>" in body
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in body


@pytest.mark.req("S4g-22")
def test_a_print_is_outdated_when_the_name_of_the_school_changed(printed: Printer, documents: UnderTest) -> None:
    unit = unit_actor()
    earlier = sheet(unit)
    application = earlier["application_id"]
    assert printed(unit, earlier).json["outdated"] is False
    documents.hear(example_event(ApplicationSavedV1, application_id=application, revision=5, print_hash="content-2"))
    documents.hear(reported(ApplicationResubmittedV1, application, unit, revision=6, print_hash="content-2"))
    later = printed(unit, earlier | {"revision": 6, "print_hash": "content-2"})
    assert [p["outdated"] for p in listed(documents, unit, application)] == [False, True]
    assert later.json["outdated"] is False


@pytest.mark.req("S4g-22")
def test_a_print_stays_current_when_only_an_attachment_changed(printed: Printer, documents: UnderTest) -> None:
    unit = unit_actor()
    claims = sheet(unit)
    printed(unit, claims)
    same = {"application_id": claims["application_id"], "print_hash": "content-1"}
    documents.hear(example_event(ApplicationSavedV1, **same, revision=5))
    documents.hear(reported(ApplicationResubmittedV1, claims["application_id"], unit, revision=6))
    assert [p["outdated"] for p in listed(documents, unit, claims["application_id"])] == [False]


def test_late_news_about_older_content_outdates_nothing(printed: Printer, documents: UnderTest) -> None:
    unit = unit_actor()
    claims = sheet(unit)
    application = claims["application_id"]
    documents.hear(reported(ApplicationSubmittedV1, application, unit, revision=4))
    printed(unit, claims)
    documents.hear(example_event(ApplicationSavedV1, application_id=application, revision=3, print_hash="content-0"))
    assert [p["outdated"] for p in listed(documents, unit, application)] == [False]


def test_only_the_unit_the_filler_and_the_offices_of_the_route_print_and_read(
    printed: Printer, documents: UnderTest
) -> None:
    unit = unit_actor()
    filler = sub_account_actor(UUID(str(unit.unit_id)))
    colleague = sub_account_actor(UUID(str(unit.unit_id)))
    without_tick = sub_account_actor(UUID(str(unit.unit_id)), "application.fill", account_id=filler.account_id)
    office = office_actor()
    claims = sheet(unit, filler_id=str(filler.account_id))
    made = printed(unit, claims)
    address = f"/v1/prints/{made.json['id']}/content"
    for stranger in (unit_actor(), colleague, office):
        assert printed(stranger, claims).status_code == 404
        assert documents.client(stranger).get(address, buffered=True).status_code == 404
        assert listed(documents, stranger, claims["application_id"]) == []
    assert printed(without_tick, claims).json["code"] == "permission_missing"
    assert printed(admin_actor(), claims).status_code == 403
    organisation = str(office.organisation_id)
    documents.hear(example_event(StepOpenedV1, application_id=claims["application_id"], organisation_id=organisation))
    for reader in (filler, office):
        assert printed(reader, claims).status_code == 201
        assert documents.client(reader).get(address, buffered=True).status_code == 200


def test_a_forged_old_or_strange_sheet_is_refused(printed: Printer, documents: UnderTest) -> None:
    unit = unit_actor()
    forged = documents.slip("units", "shenbao-sheet+jwt", sheet(unit))
    answers = [
        documents.client(unit).post("/v1/prints", json={"sheet": forged}),
        documents.client(unit).post("/v1/prints", json={"sheet": "nonsense"}),
        printed(unit, {"kind": "summary_table"}),
        printed(unit, sheet(unit), seconds=-1),
        printed(unit, sheet(unit, kind="summary_table")),
        printed(unit, sheet(unit, version=99)),
    ]
    assert [(a.status_code, a.json["errors"][0]["code"]) for a in answers] == [
        (422, "sheet_invalid"),
        (422, "sheet_invalid"),
        (422, "sheet_invalid"),
        (422, "sheet_expired"),
        (422, "unknown_form"),
        (422, "unknown_form"),
    ]


def test_the_list_costs_the_same_for_one_print_and_for_ten(printed: Printer, documents: UnderTest) -> None:
    unit = unit_actor()
    claims = sheet(unit)
    printed(unit, claims)
    with count_queries(documents) as one:
        listed(documents, unit, claims["application_id"])
    for _ in range(9):
        printed(unit, claims)
    with count_queries(documents) as ten:
        assert len(listed(documents, unit, claims["application_id"])) == 10
    assert len(ten) == len(one)


def reported(kind: Any, application: str, unit: Actor, **changes: Any) -> Any:
    known = {"application_id": application, "filler_id": str(unit.account_id), "print_hash": "content-1"}
    return example_event(kind, **(known | {"document_ids": []} | changes))


def listed(documents: UnderTest, actor: Actor, application: str) -> list[dict[str, Any]]:
    answer = documents.client(actor).get(f"/v1/prints?application_id={application}")
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items
