"""Who fills and reports a variant, which titles it offers, and rows that are kept only complete."""

from pathlib import Path

import pytest

from shenbao_applications.domain.pack import check, saving
from shenbao_applications.domain.pack.compiled import Pack

FOLDER = Path(__file__).parents[4] / "programmes" / "title_committee_evaluation"
TEXT = (FOLDER / "programme.yaml").read_text(encoding="utf-8")
TEMPLATES = {path.name: "form" for path in (FOLDER / "templates").iterdir()}


def codes(text: str) -> list[tuple[str, str]]:
    return [(p.code, p.path) for p in check.problems(text, TEMPLATES)]


def test_a_variant_narrows_the_accounts_of_the_programme() -> None:
    pack = Pack(check.document(TEXT, TEMPLATES))
    assert pack.accounts("report", "senior_personal") == ["person"]
    assert pack.accounts("report", "senior_unit") == ["unit", "sub_account"]
    plain = Pack(check.document(TEXT.replace(", fill: [person], report: [person]}", "}"), TEMPLATES))
    assert plain.accounts("report", "senior_personal") == ["person", "unit", "sub_account"]


def test_a_variant_names_no_account_that_the_programme_does_not() -> None:
    text = TEXT.replace("  fill: [person, unit, sub_account]\n", "  fill: [person, unit]\n")
    assert codes(text) == [("unknown_word", "variants.1.fill"), ("unknown_word", "variants.3.fill")]


@pytest.mark.parametrize("opener", ["unit", "applicant"])
def test_where_either_declares_only_the_reporter_opens_the_route(opener: str) -> None:
    assert "mixed_fillers" in {code for code, _ in codes(TEXT.replace("decider: reporter", f"decider: {opener}"))}


def test_an_option_has_a_known_tier_and_sub_level() -> None:
    text = TEXT.replace("Engineer, tier: intermediate}", "Engineer, tier: top}").replace(
        "sub_level: full}", "sub_level: half}", 1
    )
    assert {code for code, _ in codes(text)} == {"unknown_word"}
    assert len(codes(text)) == 2


@pytest.mark.parametrize(("complete", "refused"), [("true", ["sections.training.records.0.organiser"]), ("false", [])])
def test_a_row_that_lacks_a_required_column_is_refused_where_rows_are_complete(
    complete: str, refused: list[str]
) -> None:
    head, tail = TEXT.split("  - key: training\n")
    pack = Pack(
        check.document(
            head + "  - key: training\n" + tail.replace("complete: true", f"complete: {complete}", 1), TEMPLATES
        )
    )
    sections = {"training": {"records": [{"content": "数据安全"}]}}
    found = [p.path for p in saving.objections(pack, sections, variant="senior_unit")]
    assert [path for path in found if path.endswith("organiser")] == refused


def test_titles_are_offered_by_their_tier() -> None:
    pack = Pack(check.document(TEXT, TEMPLATES))
    title = {"basic": {"declared_title": "senior_engineer"}}
    assert saving.objections(pack, title, variant="senior_unit") == []
    assert [p.code for p in saving.objections(pack, title, variant="intermediate_unit")] == ["unknown_choice"]
