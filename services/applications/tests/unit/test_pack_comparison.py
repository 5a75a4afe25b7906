"""What a comparison says of two versions of a pack."""

from typing import Any

import pytest

from shenbao_applications.domain.pack.comparison import changes

OLD: dict[str, Any] = {
    "zh": "小",
    "eligibility": [{"key": "bachelor", "rule": "a <= limits.age", "limits": {"age": 40}}, {"key": "other"}],
    "sections": [{"key": "basic", "fields": [{"key": "name", "required": True}, {"key": "sex"}]}],
    "route": [{"key": "report"}, {"parallel": [{"key": "papers"}, {"key": "ethics"}]}],
    "materials": [],
    "list_columns": ["basic.name"],
    "uploads": {"x": 1},
    "templates": {"a.typ": "一", "b.typ": "二"},
}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({}, []),
        ({"zh": "大"}, [("changed", "zh", "小", "大")]),
        ({"uploads": {"x": 2}}, []),
        (
            {"eligibility": [{**OLD["eligibility"][0], "limits": {"age": 35}}, OLD["eligibility"][1]]},
            [("changed", "eligibility.bachelor.limits.age", 40, 35)],
        ),
        ({"eligibility": OLD["eligibility"][:1]}, [("removed", "eligibility.other", {"key": "other"}, None)]),
        (
            {"eligibility": OLD["eligibility"][::-1]},
            [("moved", "eligibility", ["bachelor", "other"], ["other", "bachelor"])],
        ),
        (
            {"sections": [{"key": "basic", "fields": [{"key": "name", "required": False}, {"key": "sex"}]}]},
            [("changed", "sections.basic.fields.name.required", True, False)],
        ),
        (
            {"sections": [{"key": "basic", "fields": [*OLD["sections"][0]["fields"], {"key": "age"}]}]},
            [("added", "sections.basic.fields.age", None, {"key": "age"})],
        ),
        (
            {"route": [{"key": "report"}]},
            [("removed", "route.papers+ethics", {"parallel": [{"key": "papers"}, {"key": "ethics"}]}, None)],
        ),
        (
            {"list_columns": ["basic.sex"]},
            [("changed", "list_columns", ["basic.name"], ["basic.sex"])],
        ),
        (
            {"templates": {"a.typ": "三", "c.typ": "四"}},
            [
                ("changed", "templates.a.typ", None, None),
                ("removed", "templates.b.typ", None, None),
                ("added", "templates.c.typ", None, None),
            ],
        ),
    ],
)
def test_each_difference_is_named_by_its_place_with_both_values(new: dict[str, Any], told: list[Any]) -> None:
    found = changes(OLD, OLD | new)
    assert [(c.what, c.path, c.old, c.new) for c in found] == told
    assert all(c.concerns == c.path.split(".")[0] for c in found)
