"""Papers that people bring: small real PDFs, typeset with the suite's own fonts."""

import json
import os
from collections.abc import Mapping
from typing import cast

import typst

_FORM = """
#let it = json(bytes(sys.inputs.paper))
#set page(paper: "a4", margin: 2.4cm)
#set text(font: ("Noto Serif SC", "Noto Serif JP"), size: 11pt, lang: "zh")
#align(center, text(size: 18pt, weight: "bold", it.title))
#v(1em)
#table(columns: (4cm, 1fr), inset: 9pt, ..it.rows.flatten())
#v(1em)
#it.text
"""
_CERTIFICATE = """
#let it = json(bytes(sys.inputs.paper))
#set page(paper: "a5", flipped: true, margin: 1.5cm, fill: rgb("#fdf8ec"))
#set text(font: ("Noto Serif SC", "Noto Serif JP"), size: 12pt, lang: "zh")
#rect(width: 100%, height: 100%, inset: 1.2cm, stroke: 3pt + rgb("#a33"))[
  #align(center, text(size: 20pt, weight: "bold", it.title))
  #v(1em)
  #table(columns: (5cm, 1fr), stroke: none, inset: 7pt, ..it.rows.flatten())
  #align(right, it.text)
]
"""


class Printer:
    """Holds the fonts, which are slow to read. fonts: folders joined by os.pathsep."""

    def __init__(self, fonts: str) -> None:
        folders = fonts.split(os.pathsep)
        self._fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)

    def evaluation_form(self, person: str, unit: str, title: str, specialty: str) -> bytes:
        """The evaluation form (评审表) of one applicant."""
        rows = {"姓名": person, "工作单位": unit, "申报职称": title, "现从事专业": specialty, "单位考核意见": "合格"}
        text = "本表内容由本人填写，单位已核对原件。（演示材料）"
        return self._typeset(_FORM, "专业技术资格评审表", rows, text)

    def guide(self, title: str, text: str) -> bytes:
        """A guide or schedule that an office publishes."""
        return self._typeset(_FORM, title, {"发布单位": "杭州市人社局（演示）"}, text)

    def certificate(self, unit: str, code: str, legal_representative: str) -> bytes:
        """The scan of a code certificate (机构代码证)."""
        rows = {"机构名称": unit, "代码": code, "法定代表人": legal_representative}
        return self._typeset(_CERTIFICATE, "组织机构代码证", rows, "（演示材料，非真实证件）")

    def insurance_certificate(self, person: str, unit: str) -> bytes:
        """That somebody pays social insurance through a unit (社会保险参保证明)."""
        rows = {
            "姓名": person,
            "参保单位": unit,
            "参保险种": "养老保险、医疗保险、失业保险、工伤保险",
            "参保状态": "正常参保",
        }
        return self._typeset(_FORM, "社会保险参保证明（单位专用）", rows, "（演示材料，非真实证明）")

    def _typeset(self, template: str, title: str, rows: Mapping[str, str], text: str) -> bytes:
        paper = {"title": title, "rows": [list(row) for row in rows.items()], "text": text}
        compiler = typst.Compiler(
            template.encode(),
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
        )
        return cast(bytes, compiler.compile(format="pdf"))
