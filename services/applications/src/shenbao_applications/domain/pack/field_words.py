"""The words of one field of a form; which further words it knows depends on its type."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.domain.pack.readings import READS
from shenbao_applications.domain.pack.shapes import (
    BOTH_LANGUAGES,
    NAME,
    RULE,
    Flag,
    FlagOrRule,
    Json,
    ListOf,
    OneOf,
    Record,
    Shape,
    Whole,
)
from shenbao_applications.domain.pack.source import Findings, Node

FILE_TYPES = ("file", "files")
FORMATS = ListOf(OneOf(("pdf", "jpg", "png", "zip")), least=1)
BYTES = Whole(1, 100 * 1024 * 1024)

_VALID = ListOf(Record(labelled=True, required={"key": NAME, "rule": RULE}))
"""What a value must be beyond its type; one that is not is refused when it is saved, in these words."""

_LIMITS: dict[str, dict[str, Shape]] = {
    "text": {"max_length": Whole(1, 10_000), "none_allowed": Flag()},
    "long_text": {"max_length": Whole(1, 10_000), "none_allowed": Flag()},
    "integer": {"min": Whole(-(10**9)), "max": Whole(-(10**9))},
    "number": {"min": Whole(-(10**9)), "max": Whole(-(10**9))},
    "date": {},
    "month": {},
    "choice": {"options": NAME, "decisive": BOTH_LANGUAGES},
    "mobile": {},
    "phone": {},
    "email": {},
    "id_number": {"kind_field": NAME, "checked_kinds": ListOf(NAME)},
    "file": {"material": NAME, "formats": FORMATS, "max_bytes": BYTES},
    "files": {"material": NAME, "formats": FORMATS, "max_bytes": BYTES, "max_files": Whole(1, 100)},
    "rows": {"max_rows": Whole(1, 200), "complete": Flag(), "files_follow": Flag()},
    "unit": {},
}
FIELD_TYPES = tuple(_LIMITS)

_TYPE_DEFAULTS: dict[str, dict[str, Any]] = {
    "text": {"max_length": 200},
    "long_text": {"max_length": 2000},
    "files": {"max_files": 20},
    "rows": {"max_rows": 20, "complete": False, "files_follow": False},
}


class Field:
    """One field of a form; which further words it knows depends on its type. A column of rows holds no rows."""

    def __init__(self, types: tuple[str, ...] = FIELD_TYPES) -> None:
        self._types = types

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        kind = node.value.get("type") if isinstance(node.value, dict) else None
        word = kind.value if kind is not None and kind.value in self._types else "text"
        return self._record(word).read(node, path, findings)

    def schema(self) -> Json:
        """Which words a type has is said once per type; an editor then completes those of the type that is written."""
        own = [
            {"if": {"properties": {"type": {"const": kind}}}, "then": self._record(kind).schema()}
            for kind in self._types
        ]
        return {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": list(self._types)}},
            "allOf": own,
        }

    def _record(self, kind: str) -> Record:
        required: dict[str, Shape] = {"key": NAME, "type": OneOf(self._types)}
        if kind == "choice":
            required["options"] = NAME
        if kind == "rows":
            required["fields"] = ListOf(Field(COLUMN_TYPES), least=1)
        # What is read fills in other fields of the section, which a column has none of.
        read: dict[str, Shape] = {"reads": READS} if kind == "file" and "rows" in self._types else {}
        return Record(
            labelled=True,
            required=required,
            optional={
                "required": FlagOrRule(),
                "when": RULE,
                "immutable": Flag(),
                "printed": Flag(),
                "valid": _VALID,
                "help": BOTH_LANGUAGES,
                **_LIMITS[kind],
                **read,
            },
            defaults={
                "required": False,
                "when": None,
                "immutable": False,
                "none_allowed": False,
                "printed": kind not in FILE_TYPES,
                "valid": [],
                "help": None,
                **_TYPE_DEFAULTS.get(kind, {}),
            },
        )


COLUMN_TYPES = tuple(t for t in FIELD_TYPES if t not in {"rows", "unit"})


def is_file(field: Mapping[str, Any]) -> bool:
    """Whether a field, or a column, is for files."""
    return field["type"] in FILE_TYPES


def holds_files(field: Mapping[str, Any]) -> bool:
    """The same, or whether one of its columns is."""
    return any(map(is_file, (field, *field.get("fields", ()))))
