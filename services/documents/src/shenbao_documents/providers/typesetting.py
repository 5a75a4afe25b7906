"""Typesets official forms with typst: data as JSON and never as markup, no network, no fonts but the given ones."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import typst

FAMILIES = frozenset({"Noto Serif SC", "Noto Sans SC", "Noto Serif JP"})
"""Those that official.typ names; the last has characters of names that the others lack."""

_LIBRARY = Path(__file__).with_name("typst")
_FRAME = '#import "/official.typ": *\n#show: official\n'
_CERTIFICATE = '#import "/certificate.typ": *\n#certificate'
_AUTHORIZATION = '#import "/authorization.typ": *\n#authorization'
_MINUTES = '#import "/minutes.typ": *\n#minutes'
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class MissingGlyphs(Exception):
    """No given font can draw these characters."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__("missing glyphs")
        self.characters = characters


class TemplateFaulty(Exception):
    """The programme's template does not compile; applications checks templates when a programme is published."""


class Typesetter:
    """Holds the fonts, which are read once for the process; without all of them it does not start."""

    def __init__(self, fonts: Sequence[str]) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in fonts]
        )
        if missing := FAMILIES - set(self._fonts.families()):
            raise LookupError(f"no font {', '.join(sorted(missing))} in the folders of DOCUMENTS_FONTS")

    def typeset(self, template: str, sheet: Mapping[str, Any], *, made_at: datetime) -> bytes:
        """A PDF/A-2b; the same template, sheet and moment give the same bytes. Raises MissingGlyphs, TemplateFaulty."""
        if '"@' in template:
            raise TemplateFaulty("a template may not load packages")
        return self._compiled(_FRAME + template, sheet, made_at)

    def certificate(self, sheet: Mapping[str, Any], *, made_at: datetime) -> bytes:
        """A certificate as PDF/A-2b. Raises MissingGlyphs."""
        return self._compiled(_CERTIFICATE, sheet, made_at)

    def authorization(self, sheet: Mapping[str, Any], *, made_at: datetime) -> bytes:
        """An authorization certificate, to be sealed by hand, as PDF/A-2b. Raises MissingGlyphs."""
        return self._compiled(_AUTHORIZATION, sheet, made_at)

    def minutes(self, sheet: Mapping[str, Any], *, made_at: datetime) -> bytes:
        """The minutes of a committee's sitting as PDF/A-2b. Raises MissingGlyphs."""
        return self._compiled(_MINUTES, sheet, made_at)

    def _compiled(self, text: str, sheet: Mapping[str, Any], made_at: datetime) -> bytes:
        compiler = typst.Compiler(
            text.encode(),
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
    if missing := _NO_GLYPH.findall(wrong.diagnostic):
        return MissingGlyphs([_ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) for text in dict.fromkeys(missing)])
    return TemplateFaulty(wrong.message)
