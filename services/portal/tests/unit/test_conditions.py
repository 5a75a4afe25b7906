"""Rules of a pack as conditions that a page follows."""

import pytest

from shenbao_portal import conditions


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("a.b == 'x'", [{"name": "a-b", "values": ["x"], "one_of": True}]),
        ("a.b in ['', 'x y']", [{"name": "a-b", "values": ["", "x y"], "one_of": True}]),
        (
            "a.b == 'x' && a.c != 'yes'",
            [
                {"name": "a-b", "values": ["x"], "one_of": True},
                {"name": "a-c", "values": ["yes"], "one_of": False},
            ],
        ),
        ("!(a.b in ['x'])", [{"name": "a-b", "values": ["x"], "one_of": False}]),
        (
            "a.rows.exists(p, p.relation == 'spouse')",
            [{"name": "a-rows", "values": ["spouse"], "one_of": True, "column": "relation"}],
        ),
    ],
)
def test_comparisons_are_followed_by_the_page(rule: str, expected: list[object]) -> None:
    assert conditions.of(rule) == expected


@pytest.mark.parametrize("rule", [None, "", "a.b == 'x' || a.c == 'y'", "size(a.b) > 3", "a.b == 'x' && a.n >= 6"])
def test_any_other_rule_hides_nothing(rule: str | None) -> None:
    assert conditions.of(rule) is None


@pytest.mark.parametrize(("series", "applies"), [("health", True), ("engineering", False), (None, False)])
def test_what_another_section_rules_out_is_not_on_a_page_of_one_section(series: str | None, applies: bool) -> None:
    rule = conditions.of("basic.series == 'health' && summary.kind == 'long'") or ()

    assert conditions.allow(rule, "summary", {"basic": {"series": series}}) is applies


def test_a_row_of_another_section_lets_a_field_apply() -> None:
    rule = conditions.of("accompanying.persons.exists(p, p.relation == 'child')") or ()

    assert conditions.allow(
        rule, "papers", {"accompanying": {"persons": [{"relation": "wife"}, {"relation": "child"}]}}
    )
    assert not conditions.allow(rule, "papers", {"accompanying": {"persons": []}})
