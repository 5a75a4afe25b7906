"""The pack in the tree, and what the check says of faulty ones."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shenbao_applications.domain.pack import check
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_common.kernel.errors import RuleBroken

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
TEMPLATES = {"sheet.typ": "x"}
Found = list[tuple[str, str, int]]


def found(text: str, templates: dict[str, str] | None = None) -> Found:
    problems = check.problems(text, TEMPLATES if templates is None else templates)
    return [(p.code, p.path, p.params["line"]) for p in problems]


def test_the_published_packs_are_without_fault(pack_source: Callable[[], tuple[str, dict[str, str]]]) -> None:
    text, templates = pack_source()
    assert check.problems(text, templates) == []


def test_every_label_of_the_pack_is_there_in_both_languages(pack_document: dict[str, Any]) -> None:
    def names(value: Any) -> Any:
        if isinstance(value, dict):
            if {"zh", "en"} & value.keys():
                yield value
            for inner in value.values():
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    assert all(name["zh"].strip() and name["en"].strip() for name in names(pack_document))
    fillable = [s["key"] for s in pack_document["sections"] if not s["read_only"]]
    assert len(fillable) == 4
    assert pack_document["uploads"]["evaluation_form_file"]["max_bytes"] == 4_194_304


def test_a_small_pack_is_without_fault() -> None:
    assert found(SMALL) == []


def test_a_pack_says_how_long_what_is_kept_and_without_a_word_everything_is_for_good() -> None:
    kept = check.document(
        SMALL + "\nretention: {files: {approved: 120, otherwise: 36}, unused_months: 12}\n", TEMPLATES
    )
    assert kept["retention"] == {
        "files": {"approved": 120, "otherwise": 36},
        "prints": {"approved": None, "otherwise": None},
        "unused_months": 12,
    }
    assert check.document(SMALL, TEMPLATES)["retention"] is None
    assert [code for code, *_ in found(SMALL + "\nretention: {files: {approved: 0, rejected: 5}}\n")] == [
        "out_of_range",
        "unknown_key",
    ]


def test_an_unknown_field_in_a_rule_and_a_step_without_decider_are_both_reported_with_their_lines() -> None:
    text = SMALL.replace("person.colour == 'red'", "person.size == 'red'").replace(
        " decider: supervising_department,", ""
    )
    assert found(text) == [
        ("unknown_name", "sections.0.fields.3.when", 19),
        ("missing_key", "route.1.decider", 27),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("zh: 小", "zh: 小\ncolour: red", ("unknown_key", "colour", 3)),
        ("zh: 小", "zh: 小\nzh: 大", ("duplicate_key", "zh", 3)),
        ("zh: 小\n", "", ("missing_key", "zh", 1)),
        ("zh: 小", "zh: [小]", ("wrong_type", "zh", 2)),
        ("key: only", "key: Only One", ("wrong_format", "variants.0.key", 5)),
        ("tier: primary", "tier: highest", ("unknown_word", "variants.0.tier", 5)),
        ("form: sheet", "form: paper", ("unknown_document", "variants.0.form", 5)),
        ("re_entry_step: check", "re_entry_step: nowhere", ("unknown_step", "submission.re_entry_step", 6)),
        ("fill: [unit]", "fill: [everybody]", ("unknown_word", "submission.fill.0", 6)),
        ("name: person.name", "name: person.nobody", ("unknown_field", "identity.name", 7)),
        ("options: colour}", "options: shade}", ("unknown_options", "sections.0.fields.2.options", 18)),
        ("key: years", "key: name", ("duplicate_name", "sections.0.fields.3.key", 19)),
        ("type: integer", "type: decimal", ("unknown_word", "sections.0.fields.3.type", 19)),
        ("material: proof", "material: other", ("unknown_material", "sections.0.fields.4.material", 20)),
        (", material: proof", "", ("missing_key", "sections.0.fields.4.formats", 20)),
        ("max_bytes: 100", "max_bytes: 0", ("out_of_range", "materials.0.max_bytes", 22)),
        ("formats: [pdf]", "formats: [exe]", ("unknown_word", "materials.0.formats.0", 22)),
        ("person.years >= 5", "person.years >= '5'", ("rule_type", "eligibility.0.rule", 24)),
        ("person.years >= 5 ||", "years_of(person) >= 5 ||", ("unknown_function", "eligibility.0.rule", 24)),
        ("person.years >= 5 ||", "person.years >= ||", ("rule_not_readable", "eligibility.0.rule", 24)),
        ("person.years >= 5 || today < '2026-01-01'", "person.years", ("rule_not_yes_or_no", "eligibility.0.rule", 24)),
        ("tier == 'primary'", "unit.id == 'x'", ("unknown_name", "route.1.when", 27)),
        ("decider: supervising_department", "decider: anybody", ("unknown_word", "route.1.decider", 27)),
        ("decider: unit", "decider: city_hr_bureau", ("wrong_place_of_step", "route.0", 26)),
        ("template: sheet.typ", "template: page.typ", ("unknown_template", "documents.0.template", 29)),
        ("sections: [person]", "sections: [person], photo: person.name", ("unknown_field", "documents.0.photo", 29)),
        ("sections: [person]", "sections: [person], photo: person.no", ("unknown_field", "documents.0.photo", 29)),
        ("sections: [person]", "sections: [people]", ("unknown_section", "documents.0.sections.0", 29)),
        ("  draft: {zh: 草, en: Draft}\n", "", ("missing_key", "labels.draft", 30)),
        ("  draft:", "  drafted:", ("unknown_word", "labels.drafted", 31)),
        ("labels:", "unit_labels: {drafted: {zh: 草, en: D}}\nlabels:", ("unknown_word", "unit_labels.drafted", 30)),
    ],
)
def test_each_fault_is_named_with_its_place(old: str, new: str, expected: tuple[str, str, int]) -> None:
    assert old in SMALL
    assert expected in found(SMALL.replace(old, new, 1))


def test_thirty_faults_are_thirty_objections() -> None:
    fields = "\n".join(
        f"      - {{key: extra_{n}, zh: 多, en: More, type: text, when: \"person.missing_{n} == ''\"}}"
        for n in range(30)
    )
    text = SMALL.replace("materials:", f"{fields}\nmaterials:", 1)
    assert [code for code, _, _ in found(text)] == ["unknown_name"] * 30


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        "a: [",
        "'",
        "\t",
        "a: &x [*x]",
        "- " * 3000,
        "[" * 5000,
        "a: !!python/object:os.system {}",
        "? [a]\n: b",
    ],
)
def test_what_is_no_pack_is_refused_and_never_a_crash(text: str) -> None:
    assert found(text)


def test_aliases_cannot_make_a_small_text_huge() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for previous, name in zip("abcdefg", "bcdefgh", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{previous}'] * 9)}]\n"
    assert "too_large" in {code for code, _, _ in found(bomb)}


def test_a_faulty_pack_makes_no_document() -> None:
    with pytest.raises(RuleBroken) as refused:
        check.document("programme: x", {})
    assert refused.value.code == "pack_faulty"
    assert len(refused.value.problems) > 5


def test_a_bound_name_of_a_rule_is_no_unknown_name() -> None:
    rule = "project.specialties.exists(s, s == person.name) || size(project.specialties) == 0"
    assert found(SMALL.replace("person.years >= 5 || today < '2026-01-01'", rule)) == []
    outside = SMALL.replace("person.years >= 5 || today < '2026-01-01'", "project.specialties.exists(s, s == t.name)")
    assert found(outside)[0][0] == "unknown_name"


def test_equal_content_has_an_equal_hash_whatever_the_order_of_keys() -> None:
    one = check.content_hash(check.document(SMALL, TEMPLATES))
    other = check.content_hash(check.document(SMALL.replace("zh: 小\nen: Small\n", "en: Small\nzh: 小\n"), TEMPLATES))
    assert one == other


def test_steps_side_by_side_are_one_stage() -> None:
    step = SMALL[SMALL.index("  - {key: check") : SMALL.index("documents:")].strip().removeprefix("- ")
    several = f"  - parallel:\n      - {step}\n      - {step.replace('key: check', 'key: second')}\n"
    text = SMALL.replace(f"  - {step}\n", several)
    assert found(text) == []
    stage = check.document(text, TEMPLATES)["route"][1]
    assert [s["key"] for s in stage["parallel"]] == ["check", "second"]
    broken = text.replace("key: second", "key: check")
    assert found(broken)[0][:2] == ("duplicate_name", "route.1.parallel.1.key")


def test_rules_meet_typed_values_also_where_nothing_is_filled_in() -> None:
    pack = Pack(check.document(SMALL, TEMPLATES))
    shown = {field["key"] for _, field in pack.shown({}, variant="only")}
    assert "years" not in shown
    shown = {field["key"] for _, field in pack.shown({"person": {"colour": "red"}}, variant="only")}
    assert "years" in shown
    assert [p.path for p in pack.missing({}, variant="only")] == ["sections.person.name", "sections.person.proof"]


LINES = SMALL.splitlines(keepends=True)


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_pack_with_a_line_missing_or_doubled_is_judged_and_never_a_crash(number: int) -> None:
    found("".join(LINES[:number] + LINES[number + 1 :]))
    found("".join(LINES[: number + 1] + LINES[number:]))


@pytest.mark.parametrize("value", ["null", "[]", "{}", "3", "true", "'x.y.z'", '"\\0"', "2026-01-01"])
def test_a_pack_with_any_value_replaced_is_judged_and_never_a_crash(value: str) -> None:
    for match in list(re.finditer(r"(?<=: )[^,{}\[\]\n]+", SMALL))[::5]:
        found(SMALL[: match.start()] + value + SMALL[match.end() :])
