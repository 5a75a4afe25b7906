"""Fields of pages that a machine reads fill in fields of their own section, and only such as can hold what was read."""

from pathlib import Path

import pytest

from shenbao_applications.domain.pack import check

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
PROOF = "type: file, material: proof}"


def reading(words: str) -> list[tuple[str, str]]:
    assert PROOF in SMALL
    text = SMALL.replace(PROOF, f"type: file, material: proof, reads: {words}}}", 1)
    return [(p.code, p.path) for p in check.problems(text, {"sheet.typ": "x"})]


def test_what_is_read_goes_into_fields_of_the_same_section() -> None:
    assert reading("{kind: household_page, fills: {name: name, number: number, sex: colour}}") == []


@pytest.mark.parametrize(
    ("words", "code", "path"),
    [
        ("{kind: passport, fills: {}}", "unknown_word", "kind"),
        ("{kind: household_home}", "missing_key", "fills"),
        ("{kind: household_home, fills: {sex: colour}}", "unknown_word", "fills.sex"),
        ("{kind: household_page, fills: {name: nobody}}", "unknown_field", "fills.name"),
        ("{kind: household_page, fills: {number: years}}", "unknown_field", "fills.number"),
    ],
)
def test_a_reading_that_fits_nothing_is_named_with_its_place(words: str, code: str, path: str) -> None:
    assert reading(words) == [(code, f"sections.0.fields.4.reads.{path}")]


def test_a_column_of_rows_reads_nothing() -> None:
    text = SMALL.replace(
        PROOF,
        "type: rows, fields: [{key: page, zh: 页, en: Page, type: file, material: proof,"
        " reads: {kind: id_card, fills: {}}}]}",
        1,
    )
    assert ("unknown_key", "sections.0.fields.4.fields.0.reads") in [
        (p.code, p.path) for p in check.problems(text, {"sheet.typ": "x"})
    ]
