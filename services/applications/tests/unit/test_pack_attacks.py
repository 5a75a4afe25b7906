"""Packs that mean harm, or that somebody wrote in haste: each fault is named with its line, soon, and never a crash."""

import time
from collections.abc import Callable

import pytest

from shenbao_applications.domain.pack import check, rules
from shenbao_applications.domain.pack.rules import Rule
from shenbao_applications.domain.pack.source import Findings

Source = Callable[[], tuple[str, dict[str, str]]]
STEP = "when: \"tier == 'intermediate'\""
OPTIONS = "options:\n"
LENGTH = "max_length: 60, none_allowed: true"


def _many(number: int, key: str) -> str:
    return "  many:\n" + "".join(f"    - {{key: {key.format(i)}, zh: 选, en: O}}\n" for i in range(number))


def _bomb(last: str) -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]" for p, n in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join([*lines, last])


ATTACKS: tuple[tuple[str, str, str, str, int], ...] = (
    ("programme:", f"{_bomb('z: 1')}\nprogramme:", "too_large", "x", 0),
    ("programme:", f"{_bomb('? *i')}\n: 1\nprogramme:", "wrong_type", "i: &i", 0),
    ("programme:", "a: &a {? *a : 1}\nprogramme:", "wrong_type", "a: &a", 0),
    ("programme:", "a: &a {b: *a}\nprogramme:", "too_large", "a: &a", 0),
    ("save_mode: all_tabs", "<<: {save_mode: all_tabs}", "unknown_key", "<<", 0),
    ("save_mode: all_tabs", "save_mode: all_tabs\nsave_mode: all_tabs", "duplicate_key", "save_mode", 1),
    ("save_mode: all_tabs", "s\u0430ve_mode: all_tabs", "unknown_key", "s\u0430ve_mode", 0),
    ("key: birth_date", "key: b\u0456rth_date", "wrong_format", "b\u0456rth", 0),
    ("save_mode: all_tabs", "save_mode: !!python/object/apply:os.system [id]", "not_yaml", "!!python", 0),
    (OPTIONS, OPTIONS + _many(10_000, "o{}"), "too_large", "key: o4984,", 0),
    (OPTIONS, OPTIONS + _many(3_000, "o"), "duplicate_name", "key: o,", 1),
    (OPTIONS, OPTIONS + "  ? [a, b]\n  : []\n", "wrong_type", "? [a, b]", 0),
    (STEP, "when: \"experience.education == 'x'\"", "unknown_name", "when: \"experience", 0),
    (STEP, "when: \"'x' * 3 == tier\"", "rule_type", "'x' * 3", 0),
    (STEP, f"when: \"{'(' * 490}\"", "rule_not_readable", "((((", 0),
    (STEP, f"when: \"{'true || ' * 100}true\"", "wrong_length", "true || true", 0),
    (STEP, "when: \"1 / 0 == 1\"", "rule_divides", "1 / 0", 0),
    (STEP, "when: \"[1, 2][5] == 1\"", "rule_by_place", "[1, 2][5]", 0),
    (STEP, "when: \"9223372036854775807 + 1 > 0\"", "rule_type", "9223372036854775807", 0),
    ("re_entry_step: supervising_department_review", "re_entry_step: nowhere", "unknown_step", "nowhere", 0),
    (LENGTH, "max_length: -60, none_allowed: true", "out_of_range", "max_length: -60", 0),
    (LENGTH, f"max_length: {'9' * 5000}, none_allowed: true", "wrong_type", "max_length: 9999", 0),
    (LENGTH, "max_length: .inf, none_allowed: true", "wrong_type", "max_length: .inf", 0),
)  # fmt: skip
"""(what stands there, what is written instead, the code, what the line holds, the how many-th such line)"""


@pytest.mark.parametrize(("old", "new", "code", "held", "number"), ATTACKS)
def test_an_attack_is_named_with_its_line_within_two_seconds(
    pack_source: Source, old: str, new: str, code: str, held: str, number: int
) -> None:
    text, templates = pack_source()
    assert old in text
    text = text.replace(old, new, 1)
    began = time.process_time()
    found = check.problems(text, templates)
    assert time.process_time() - began < 2
    lines = [at for at, line in enumerate(text.splitlines(), 1) if held in line]
    assert (code, lines[number]) in {(p.code, p.params["line"]) for p in found}


@pytest.mark.parametrize("word", ["route", "sections", "variants", "options", "documents", "submission", "identity"])
@pytest.mark.parametrize("value", ["[]", "{}", "~", "[~]", "[[]]", "[{}]", "{a: ~}", "true"])
def test_a_part_that_is_emptied_is_named_and_never_a_crash(pack_source: Source, word: str, value: str) -> None:
    text, templates = pack_source()
    begins = text.index(f"\n{word}:") + 1
    ends = next(at for at in range(text.index("\n", begins) + 1, len(text)) if text[at - 1] == "\n" and text[at] >= "a")
    assert check.problems(f"{text[:begins]}{word}: {value}\n{text[ends:]}", templates)


def test_rules_that_are_slow_together_are_refused_within_seconds() -> None:
    findings = Findings()
    began = time.process_time()
    slow = "words.exists(w, words.size() < 0 || " + " || ".join(["w in words"] * 20) + ")"
    for at in range(500):
        rules.check(slow.replace("w in words", "w + 'x' in words"), {"words": ["text", 500]}, f"valid.{at}", findings)
    assert "rules_too_slow" in {p.code for p in findings.problems}
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10 / (n - 5) == 1", "rule_divides"),
        ("10 % n == 1", "rule_divides"),
        ("10 / 0.0 == 1.0", "rule_divides"),
        ("size(l) > 1 && l[3] == 'x'", "rule_by_place"),
        ("n * n * n > 0", "rule_type"),
        ("n / 12 >= 3", None),
        ("t in ['/', '%', 'l[0]'] || t == 'n / 0'", None),
        ("l.exists(i, i in ['a'])", None),
    ],
)
def test_what_fails_on_some_answers_only_is_refused_when_it_is_published(text: str, code: str | None) -> None:
    findings = Findings()
    rules.check(text, {"n": "integer", "t": "text", "l": ["text", 20]}, "rule", findings)
    assert [p.code for p in findings.problems] == ([code] if code else [])


def test_days_that_no_calendar_has_are_none() -> None:
    assert Rule("plus_months(day, 9000000000000000000) == ''").holds({"day": "2014-02-28"})
    assert Rule("full_years('2014-02-30', day) == 0").holds({"day": "2014-02-28"})
