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
