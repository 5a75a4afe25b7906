"""Which facts each kind of rule may name, and the facts themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shenbao_applications.domain.pack.rules import EMPTY, Scope

STEP: Scope = {"tier": "text", "variant": "text"}
"""`when` of a review step; review knows no more than this."""

DOCUMENT: Scope = {**STEP, "status": "text"}
"""`final_when` of a document."""

MOST_CHANGED = 200
"""Places of a form that may be named as changed since the recognition that it renews."""

_MOST_NAMED = 500
"""Specialties and departments that a project may name, as its API says."""

_AROUND: Scope = {
    "project": {
        "name": "text",
        "year": "integer",
        "specialties": ["text", _MOST_NAMED],
        "scope_department_ids": ["text", _MOST_NAMED],
    },
    "unit": {"id": "text", "department_id": "text", "department_ids": ["text", 20]},
    "today": "text",
}


def of_form(sections: Sequence[Mapping[str, Any]]) -> Scope:
    """`when` and `required` of fields, `due` of materials: every field as `<section>.<field>`."""
    form = {s["key"]: {f["key"]: _type(f) for f in s["fields"]} for s in sections if not s["read_only"]}
    return {**form, **STEP, "changed": {"places": ["text", MOST_CHANGED]}}


def of_row(sections: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]) -> Scope:
    """`when` and `required` of a column: the form besides its own `row`."""
    return {**of_form(sections), "row": of_columns({"fields": columns})}


def of_columns(field: Mapping[str, Any]) -> Scope:
    """One row of repeated ones."""
    return {column["key"]: _type(column) for column in field["fields"]}


def of_validity(sections: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]] = ()) -> Scope:
    """`valid` of a field, or of a column: besides, the project's first and last day, and today."""
    period = {"year": "integer", "opens_on": "text", "closes_on": "text"}
    return {**of_row(sections, columns), "project": period, "today": "text"}


def of_reckoning(sections: Sequence[Mapping[str, Any]]) -> Scope:
    """`facts`: the form and the day."""
    return {**of_form(sections), "today": "text"}


def of_concern(sections: Sequence[Mapping[str, Any]]) -> Scope:
    """`concerns` of a step: besides, whether a person declares in the unit's name (`yes`), which examines nothing."""
    return {**of_reckoning(sections), "unit": {"self_declaring": "text"}}


def of_eligibility(
    sections: Sequence[Mapping[str, Any]], reckoned: Sequence[Mapping[str, Any]], limits: Mapping[str, Any]
) -> Scope:
    """Clauses: the form, what is reckoned from it, the clause's own limits, the project, the unit (`department_ids`:
    its department and all above) and the day."""
    kinds = {fact["key"]: fact["type"] for fact in reckoned}
    return {**of_form(sections), **_AROUND, "facts": kinds, "limits": dict.fromkeys(limits, "integer")}


class Facts(Mapping[str, Any]):
    """The values that a scope names, with the empty value of its type wherever nothing is filled in.

    Each is made when a rule asks for it: a form has hundreds of them, and a rule names two.
    """

    def __init__(self, scope: Scope, values: Mapping[str, Any]) -> None:
        self._scope, self._values = scope, values

    def __getitem__(self, name: str) -> Any:
        return _fact(self._scope[name], self._values.get(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope)

    def __len__(self) -> int:
        return len(self._scope)


def facts(scope: Scope, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a scope with sections, by their keys."""
    return {name: _section(kind, values.get(name)) for name, kind in scope.items()}


def _section(kind: Any, value: Any) -> Any:
    if isinstance(kind, dict):
        # Asked for dict first: a section is one, and asking whether something is a Mapping takes long.
        return Facts(kind, value if isinstance(value, (dict, Mapping)) else {})
    return _fact(kind, value)


def _fact(kind: Any, value: Any) -> Any:
    if isinstance(kind, str):  # Most are, and asking whether something is a Mapping takes long.
        if value is None:
            return EMPTY[kind]
        return float(value) if kind == "number" else value  # CEL reckons with whole numbers and others apart.
    if isinstance(kind, list):
        return [_fact(kind[0], item) for item in value or ()]
    return dict(Facts(kind, value if isinstance(value, Mapping) else {}))


def _type(field: Mapping[str, Any]) -> Any:
    if field["type"] == "rows":
        return [{column["key"]: _type(column) for column in field["fields"]}, field["max_rows"]]
    if field["type"] == "files":
        return [{"name": "text", "size": "integer"}, field["max_files"]]
    if field["type"] == "unit":
        return {"unit_id": "text", "name": "text"}
    if field["type"] == "file":
        return {"name": "text", "size": "integer"}
    return field["type"] if field["type"] in {"integer", "number"} else "text"
