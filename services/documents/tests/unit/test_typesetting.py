"""A service without its fonts must not start, and a template reaches nothing but its data."""

from datetime import UTC, datetime

import pytest

from shenbao_documents.providers.typesetting import TemplateFaulty, Typesetter

SHEET = dict.fromkeys(("title", "watermark", "reference", "qr", "made_at", "unit_name"), "") | {"sections": {}}


def test_missing_fonts_are_named_at_the_start() -> None:
    with pytest.raises(LookupError, match="Noto Sans SC, Noto Serif JP, Noto Serif SC"):
        Typesetter(["/nowhere"])


@pytest.mark.parametrize(
    "template",
    ['#import "@preview/cetz:0.3.0": canvas', '#read("/../../settings.py")', '#image("/etc/passwd")', "#unknown()"],
)
def test_a_template_loads_nothing_from_elsewhere(fonts: tuple[str, ...], template: str) -> None:
    with pytest.raises(TemplateFaulty):
        Typesetter(fonts).typeset(template, SHEET, made_at=datetime(2014, 5, 6, tzinfo=UTC))
