"""Steps of named offices, whom a step concerns, what its office sees; choices on which rules depend."""

from datetime import date
from pathlib import Path

import pytest

from shenbao_applications.domain.pack import check, saving
from shenbao_applications.domain.pack.compiled import Pack

FOLDER = Path(__file__).parents[4] / "programmes" / "campus_title_evaluation"
TEXT = (FOLDER / "programme.yaml").read_text(encoding="utf-8")
TEMPLATES = {"declaration_form.typ": "form"}
TYPE = "sections.basic.intended_evaluation_type"


def codes(text: str) -> list[str]:
    return [p.code for p in check.problems(text, TEMPLATES)]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("office:教务处", "office:", "wrong_format"),
        ("office:教务处", "bureau:教务处", "unknown_word"),
        ("sees: [teaching,", "sees: [nothing,", "unknown_section"),
        ("full_years(basic.birth_date, today) < 40", "basic.colour == 'red'", "unknown_name"),
    ],
)
def test_a_wrong_office_part_or_condition_is_named(before: str, after: str, code: str) -> None:
    assert codes(TEXT) == []
    assert codes(TEXT.replace(before, after)) == [code]


def test_a_step_without_condition_concerns_everybody() -> None:
    text = TEXT.replace('concerns: "full_years(basic.birth_date, today) < 40", ', "")
    old = {"basic": {"birth_date": "1960-01-01"}}
    for source, skips in ((TEXT, ("student_work_check",)), (text, ())):
        pack = Pack(check.document(source, TEMPLATES))
        assert pack.skips(old, variant="campus_senior", today=date(2026, 1, 1)) == skips


@pytest.mark.parametrize(("decisive", "asked"), [(True, [TYPE]), (False, [])])
def test_only_a_decisive_choice_is_demanded_and_confirmed(decisive: bool, asked: list[str]) -> None:
    line = next(line for line in TEXT.splitlines(keepends=True) if "decisive:" in line)
    pack = Pack(check.document(TEXT if decisive else TEXT.replace(line, ""), TEMPLATES))
    chosen, other = ({"basic": {"intended_evaluation_type": key}} for key in ("teaching", "research"))
    assert [p.path for p in saving.not_chosen(pack, {"basic": {}}, {"basic"}, variant="campus_senior")] == asked
    changed = saving.to_confirm(pack, chosen, other, (), variant="campus_senior")
    assert [p.path for p in changed] == asked
    place = ["basic.intended_evaluation_type"]
    assert saving.to_confirm(pack, chosen, other, place, variant="campus_senior") == []
