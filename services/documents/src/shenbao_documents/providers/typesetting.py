"""Typesets official forms with typst: data as JSON and never as markup, no network, no fonts but the given ones."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import typst

_LIBRARY = Path(__file__).with_name("typst")
_FRAME = '#import "/official.typ": *\n#show: official\n'
_NO_GLYPH = "could not be displayed"


class MissingGlyph(Exception):
    """No given font can draw this character."""

    def __init__(self, character: str) -> None:
        super().__init__("missing glyph")
        self.character = character


class TemplateFaulty(Exception):
    """The programme's template does not compile; applications checks templates when a programme is published."""


class Typesetter:
    """Holds the fonts, which are read once for the process."""

    def __init__(self, fonts: Sequence[str]) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in fonts]
        )

    def typeset(self, template: str, sheet: Mapping[str, Any], *, made_at: datetime) -> bytes:
        """A PDF/A-2b; the same template, sheet and moment give the same bytes. Raises MissingGlyph, TemplateFaulty."""
        if '"@' in template:
            raise TemplateFaulty("a template may not load packages")
        compiler = typst.Compiler(
            (_FRAME + template).encode(),
            root=_LIBRARY,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        )
        try:
            return cast(bytes, compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=made_at))
        except typst.TypstError as wrong:
            raise _understood(wrong) from wrong


def _understood(wrong: typst.TypstError) -> Exception:
    return TemplateFaulty(f"{wrong.message} {wrong.diagnostic}")
