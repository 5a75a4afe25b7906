"""Thirty faults of thirty kinds in the pack of the tree: each is named, with the line where it stands."""

from collections.abc import Callable

from shenbao_applications.domain.pack import check

FAULTS: tuple[tuple[str, str, str], ...] = (
    ("zh: 专业技术资格初定认定", "zh: 3", "wrong_type"),
    ("tier: primary, publisher: first", "tier: top, publisher: first", "unknown_word"),
    ("publisher: city_hr_bureau", "publisher: nobody", "unknown_word"),
    ("form: recognition_form}", "form: paper}", "unknown_document"),
    ("  fill: [unit, sub_account]", "  fill: [everybody]", "unknown_word"),
    ("  re_entry_step: supervising_department_review", "  re_entry_step: nowhere", "unknown_step"),
    ("save_mode: all_tabs", "save_mode: now_and_then", "unknown_word"),
    ("type: phone, required: true}", "type: pigeon, required: true}", "unknown_word"),
    ("identity: {name: basic.person_name", "identity: {name: basic.nobody", "unknown_field"),
    ("list_columns: [basic.person_name, basic.sex", "list_columns: [basic.person_name, basic.colour", "unknown_field"),
    ("    - {key: male, zh: 男, en: Male}", "    - {key: Male, zh: 男, en: Male}", "wrong_format"),
    ("    - {key: female, zh: 女, en: Female}", "    - {key: female, zh: 女}", "missing_key"),
    ("type: choice, options: sex, required: true}", "type: choice, options: shade, required: true}", "unknown_options"),
    ("kind_field: id_type", "kind_field: id_kind", "unknown_field"),
    ("key: birth_date, zh: 出生日期", "key: sex, zh: 出生日期", "duplicate_name"),
    ("max_length: 60, none_allowed: true}", "max_length: 0, none_allowed: true}", "out_of_range"),
    ("en: Mobile number, type: mobile", "en: Mobile number, type: mobile, colour: red", "unknown_key"),
    ("in ['cpc_member', 'cpc_probationary']\"", "in ['cpc_member', 'cpc_probationary'\"", "rule_not_readable"),
    ("        max_rows: 10", "        max_rows: many", "wrong_type"),
    ("material: evaluation_form_file}", "material: other_file}", "unknown_material"),
    ("max_files: 30, formats: [pdf, jpg, png]", "max_files: 30, formats: [exe]", "unknown_word"),
    ("    source: review_log", "    source: hearsay", "unknown_word"),
    ("due: true, formats: [pdf]", "due: \"basic.colour == 'x'\", formats: [pdf]", "unknown_name"),
    ("    at: [create, report]", "    at: [later]", "unknown_word"),
    ("city_hr_bureau, when: \"tier == 'intermediate'\"", "city_hr_bureau, when: \"tier\"", "rule_not_yes_or_no"),
    ("decider: supervising_department, actions: [pass, return]", "actions: [pass, return]", "missing_key"),
    ("value: basic.birth_date}", "value: basic.nothing}", "unknown_field"),
    ("experience]\n  - kind: summary", "nowhere]\n  - kind: summary", "unknown_section"),
    ("  returned: {zh: 被退回, en: Returned}", "  came_back: {zh: 被退回, en: Returned}", "unknown_word"),
    ("publicity: {kind: none}", "publicity: {kind: loud}", "unknown_word"),
)  # fmt: skip
"""(what stands there, what is written instead, the code of the objection)"""

FOLLOW = {"missing_key labels.returned", "material_without_field materials.0"}
"""What a fault above also makes wrong elsewhere: the label is missing, the material is used by nobody."""


def test_a_pack_with_thirty_faults_is_told_thirty_with_their_lines(
    pack_source: Callable[[], tuple[str, dict[str, str]]],
) -> None:
    text, templates = pack_source()
    assert len(FAULTS) == 30
    for old, new, _ in FAULTS:
        assert old in text, old
        text = text.replace(old, new, 1)
    found = [p for p in check.problems(text, templates) if f"{p.code} {p.path}" not in FOLLOW]
    wanted = sorted((code, _line(text, new)) for _, new, code in FAULTS)
    assert sorted((p.code, p.params["line"]) for p in found) == wanted


def _line(text: str, written: str) -> int:
    """The line of a fault; of one that spans two, the first."""
    return text[: text.index(written)].count("\n") + 1
