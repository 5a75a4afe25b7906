"""One page of paper: an official form beside the same page by WeasyPrint, and certificates, signed and unsigned."""

import html
import io
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.prints import printing
from bench.typefaces import fonts
from shenbao_common.contracts.applications import ApplicationApprovedV1, ApplicationSubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.drawing import qr
from shenbao_documents.providers.typesetting import Typesetter

ROOT = Path(__file__).parents[1]
PAGE_LIMIT, TIMES = 0.025, 8.0
CERTIFICATES = int(os.environ.get("BENCH_CERTIFICATES", "1000"))
SIGNED, UNSIGNED = 360.0, 40.0
"""Seconds for a thousand."""

_TEMPLATE = ROOT / "programmes" / "talent_recognition_filing" / "templates" / "filing_form.typ"
_WHEN = datetime(2014, 5, 6, 2, tzinfo=UTC)
_ROUNDS = 20
_FIELDS = {
    "person_name": "姓　　名", "sex": "性　　别", "id_type": "证件类型", "id_number": "证件号码", "mobile": "手　　机",
    "birth_date": "出生年月", "ethnicity": "民　　族", "birthplace": "出 生 地", "political_status": "政治面貌",
    "city_work_start_date": "来杭工作时间", "industry_category": "从事产业", "employment_state": "在职状态",
    "unit_id": "工作单位", "unit_category": "单位类别", "admin_post": "行政职务", "profession": "从事专业",
    "highest_education": "最高学历", "education_major": "所学专业", "graduation_school": "毕业学校",
    "graduation_date": "毕业时间", "highest_degree": "最高学位", "degree_major": "所学专业",
    "degree_school": "授予单位", "degree_date": "授予时间", "title_name": "职　　称", "title_date": "资格取得时间",
    "recognition_category": "申请认定类别", "declared_condition": "申报条件",
}  # fmt: skip
_OPINIONS = (
    ("申请人承诺", "本人承诺以上信息真实有效。申请人（签字）"),
    ("学院部门意见", "学院（部门）经办人（签字）"),
    ("单位意见", "单位经办人（签字）"),
)
_STYLE = """
@page { size: A4; margin: 20mm; @bottom-center { content: "第 " counter(page) " 页　共 " counter(pages) " 页" } }
body { font-family: Serif-SC; font-size: 10.5pt } h1 { font-size: 18pt; text-align: center }
table { border-collapse: collapse; width: 100% } td { border: 0.6pt solid; padding: 2mm } td.box { height: 28mm }
"""


def measure() -> list[tuple[str, str, str, bool]]:
    """Warm, in one process; the two typesetters take turns with the same words."""
    own, other = _page()
    signed, unsigned = _certificates()
    many = f"{CERTIFICATES} certificates"
    scale = CERTIFICATES / 1000
    return [
        (
            "official form of one page as PDF/A",
            f"{own * 1000:.1f} ms",
            f"<= {PAGE_LIMIT * 1000:.0f} ms",
            own <= PAGE_LIMIT,
        ),
        (
            "the same page by WeasyPrint against it",
            f"{other / own:.1f} ({other * 1000:.0f} ms)",
            f">= {TIMES:.0f}",
            other / own >= TIMES,
        ),
        (
            f"{many} issued, signed and stored, one process",
            f"{signed:.1f} s",
            f"<= {SIGNED * scale:.0f} s",
            signed <= SIGNED * scale,
        ),
        (
            f"{many} typeset and stored unsigned",
            f"{unsigned:.1f} s",
            f"<= {UNSIGNED * scale:.0f} s",
            unsigned <= UNSIGNED * scale,
        ),
    ]


def _page() -> tuple[float, float]:
    typesetter, template = Typesetter(fonts()), _TEMPLATE.read_text(encoding="utf-8")
    configuration = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: {name}; src: url({next(Path(folder).glob('*.ttf')).as_uri()}) }}"
        for name, folder in zip(("Serif-SC", "Sans-SC", "Serif-JP"), fonts()[::2], strict=True)
    )
    style = CSS(string=faces + _STYLE, font_config=configuration)

    def own(number: int) -> bytes:
        return typesetter.typeset(template, _sheet(number), made_at=_WHEN)

    def other(number: int) -> bytes:
        return bytes(HTML(string=_markup(_sheet(number))).write_pdf(stylesheets=[style], font_config=configuration))

    taken: dict[Callable[[int], bytes], list[float]] = {own: [], other: []}
    for number in range(_ROUNDS):
        for make, times in taken.items():
            began = time.perf_counter()
            pdf = make(number)
            times.append(time.perf_counter() - began)
            page = PdfReader(io.BytesIO(pdf)).pages
            if len(page) != 1 or f"测试{number}" not in page[0].extract_text():
                raise AssertionError(make.__name__)
    return statistics.median(taken[own][5:]), statistics.median(taken[other][5:])


def _sheet(number: int) -> dict[str, Any]:
    # Every sheet differs, because typesetters remember what they laid out before.
    values = {key: f"内容{number}第{place}项" for place, key in enumerate(_FIELDS)} | {"person_name": f"测试{number}"}
    told = {"title": "杭州市高层次人才认定备案申请表", "reference": f"B{number}", "made_at": "2014-05-06 10:00:00"}
    frame = dict.fromkeys(("watermark", "qr", "unit_name", "variant_label", "project_name"), "")
    return frame | told | {"sections": {"filing_form": values}}


def _markup(sheet: dict[str, Any]) -> str:
    values = sheet["sections"]["filing_form"]
    cells = [f"<td>{name}<td>{html.escape(values[key])}" for key, name in _FIELDS.items()]
    rows = "".join(f"<tr>{left}{right}" for left, right in zip(cells[::2], cells[1::2], strict=True))
    boxes = "".join(f"<tr><td>{name}<td class=box colspan=3>{signer}　　　年　月　日" for name, signer in _OPINIONS)
    return f"<h1>{sheet['title']}</h1><table>{rows}{boxes}</table><p>编号：{sheet['reference']} {sheet['made_at']}"


def _certificates() -> tuple[float, float]:
    """Through the service with its rows, numbers, events and files; then what is left of it without the signature."""
    office = office_actor()
    with printing() as (documents, *_), structlog.testing.capture_logs():
        applications = [_approved(documents, str(office.organisation_id)) for _ in range(CERTIFICATES)]
        client = documents.client(office)
        began = time.perf_counter()
        for number, application in enumerate(applications):
            wording = {"series": "CD", "holder": f"测试{number}", "title": "助理工程师", "valid_until": None}
            answer = client.post("/v1/certificates", json={"application_id": application, **wording})
            if answer.status_code != 201:
                raise AssertionError(answer.json)
        signed = time.perf_counter() - began
        press = documents.app.extensions["shenbao_documents"].press
        began = time.perf_counter()
        for number in range(CERTIFICATES):
            pdf = press.typesetter.certificate(_wording(number), made_at=_WHEN)
            with press.storage.receive(io.BytesIO(pdf), limit=len(pdf)) as incoming:
                press.storage.keep(incoming)
        return signed, time.perf_counter() - began


def _wording(number: int) -> dict[str, Any]:
    day = {"issued_on": "2014年5月6日", "valid_until": "长期"}
    words = {"number": f"CD2014{number:06d}", "holder": f"测试{number}", "title": "助理工程师", **day}
    address = f"https://shenbao.example/verify/{number:024d}"
    return words | {
        "organisation_name": "杭州市人力资源和社会保障局",
        "address": address,
        "qr": qr(address),
        "seal": None,
    }


def _approved(documents: UnderTest, office: str) -> str:
    application = str(uuid7())
    opened = {"organisation_id": office, "organisation_name": "杭州市人力资源和社会保障局"}
    documents.hear(example_event(StepOpenedV1, application_id=application, **opened))
    documents.hear(example_event(ApplicationSubmittedV1, application_id=application, document_ids=[]))
    documents.hear(example_event(ApplicationApprovedV1, application_id=application))
    return application
