"""Official forms and workbooks: printed while somebody waits."""

import io
import re
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml
from pypdf import PdfReader

from bench.typefaces import fonts
from shenbao_documents.domain.forms import forms_of
from shenbao_documents.providers.typesetting import Typesetter
from shenbao_documents.providers.workbook import write_table

ROOT = Path(__file__).parents[1]
PAGE_LIMIT, ROWS, TABLE_LIMIT = 0.025, 2_000, 2.0
ROSTER, ROSTER_LIMIT, ROSTER_MEMORY = 100_000, 20.0, 120
_WHEN = datetime(2014, 5, 6, 2, tzinfo=UTC)


def measure() -> list[tuple[str, str, str, bool]]:
    """Warm, in process, alone on one core."""
    page = _seconds_a_page()
    table = _seconds_a_table()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        roster, memory = alone.submit(_roster).result()
    kept = roster <= ROSTER_LIMIT and memory <= ROSTER_MEMORY
    return [
        ("official form as PDF/A, a page", f"{page * 1000:.1f} ms", f"{PAGE_LIMIT * 1000:.0f} ms", page <= PAGE_LIMIT),
        (f"summary workbook of {ROWS} rows", f"{table:.2f} s", f"{TABLE_LIMIT:.0f} s", table <= TABLE_LIMIT),
        (
            f"roster of {ROSTER} rows, by a process of its own",
            f"{roster:.1f} s, {memory} MiB",
            f"{ROSTER_LIMIT:.0f} s, {ROSTER_MEMORY} MiB",
            kept,
        ),
    ]


def _seconds_a_page() -> float:
    typesetter = Typesetter(fonts())
    template = _form()["template"]
    pages, taken = 0, []
    for number in range(60):
        began = time.perf_counter()
        pdf = typesetter.typeset(template, _sheet(number), made_at=_WHEN)
        taken.append(time.perf_counter() - began)
        pages = len(PdfReader(io.BytesIO(pdf)).pages)
    return statistics.median(taken[10:]) / pages


def _seconds_a_table() -> float:
    rows = [[f"编号{n}", *["测试内容"] * 15] for n in range(ROWS)]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as target:
        write_table(target, title="汇总表", labels=["栏"] * 16, rows=rows)
    return time.perf_counter() - began


def _roster() -> tuple[float, int]:
    """Seconds, and the most memory that the process had, all of it counted."""
    rows = ([f"编号{n}", f"测试{n}", *["测试内容"] * 6] for n in range(ROSTER))
    began = time.perf_counter()
    with tempfile.TemporaryFile() as target:
        write_table(target, title="花名册", labels=["栏"] * 8, rows=rows)
    # Not by getrusage, which counts what the process had before it became this one.
    most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert most
    return time.perf_counter() - began, int(most[1]) // 1024


def _form() -> dict[str, str]:
    """The first form of the first programme that prints one."""
    for path in sorted((ROOT / "programmes").glob("*/programme.yaml")):
        pack = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts = {t.name: t.read_text(encoding="utf-8") for t in path.parent.glob("templates/*.typ")}
        if forms := forms_of(pack | {"templates": texts}):
            return next(iter(forms.values()))
    raise LookupError("no programme prints a form")


def _sheet(number: int) -> dict[str, Any]:
    # Every sheet differs, because the typesetter remembers what it laid out before.
    person = {"person_name": f"测试{number}", "declared_title": "工程技术-助理工程师", "former_name": "䶮𬭎𫖮"}
    words = f"第{number}号：主要从事软件设计与开发工作，参与省级科研项目一项。" * 12
    return {
        "title": "专业技术资格表",
        "watermark": "未上报" if number % 2 else "",
        "reference": f"B{number}",
        "qr": "",
        "made_at": "2014-05-06 10:00:00",
        "unit_name": "示例科技有限公司",
        "variant_label": "初级",
        "project_name": "项目",
        "sections": {"basic": person, "experience": {"achievements": words}},
    }
