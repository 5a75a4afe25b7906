"""The categories of the performance archive, as an authority configures them: a list of forms in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shenbao_applications.domain.pack.field_words import COLUMN_TYPES, Field
from shenbao_applications.domain.pack.shapes import BOTH_LANGUAGES, NAME, ListOf, MapOf, Record
from shenbao_applications.domain.pack.source import Findings, read

_CATEGORY = Record(
    labelled=True,
    required={"key": NAME, "fields": ListOf(Field(COLUMN_TYPES), least=1), "columns": ListOf(NAME, least=1)},
    optional={"help": BOTH_LANGUAGES},
    defaults={"help": None},
)
_ARCHIVE = Record(
    required={"categories": ListOf(_CATEGORY, least=1)},
    optional={"options": MapOf(ListOf(Record(labelled=True, required={"key": NAME}), least=1))},
    defaults={"options": {}},
)


@dataclass(frozen=True)
class Category:
    """One form of the archive. columns: the fields that lists show, in their order."""

    key: str
    zh: str
    en: str
    fields: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    help: Mapping[str, str] | None

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(field["key"] for field in self.fields if field["required"] is True)


class Categories:
    """Every category in its order, by key."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self.all = tuple(categories)
        self._by_key = {category.key: category for category in categories}

    def get(self, key: str) -> Category | None:
        return self._by_key.get(key)


def load(path: Path) -> Categories:
    """Reads the file; one that is wrong stops the service at its start, with every objection by line."""
    findings = Findings()
    root = read(path.read_text(encoding="utf-8"), findings)
    found = _ARCHIVE.read(root, "", findings) if root else None
    if found and not findings.problems:
        _settle(found, findings)
    if findings.problems or found is None:
        wrong = "; ".join(f"{path.name}:{p.params.get('line')}: {p.path} {p.code}" for p in findings.problems)
        raise ValueError(f"the categories of the archive are faulty: {wrong}")
    words = ("key", "zh", "en", "fields", "columns", "help")
    return Categories([Category(**{word: category[word] for word in words}) for category in found["categories"]])


def _settle(found: dict[str, Any], findings: Findings) -> None:
    """Option lists go into their fields; a category stands once, and its columns are fields of it."""
    keys: set[str] = set()
    for i, category in enumerate(found["categories"]):
        if category["key"] in keys:
            findings.add("duplicate_name", f"categories.{i}.key", name=category["key"])
        keys.add(category["key"])
        own = {field["key"] for field in category["fields"]}
        for j, column in enumerate(category["columns"]):
            if column not in own:
                findings.add("unknown_field", f"categories.{i}.columns.{j}", name=column)
        for j, field in enumerate(category["fields"]):
            _settle_field(field, found["options"], f"categories.{i}.fields.{j}", findings)


def _settle_field(field: dict[str, Any], options: Mapping[str, Any], path: str, findings: Findings) -> None:
    if not isinstance(field["required"], bool) or field["when"] is not None:
        findings.add("no_rules_here", path)
    if "options" in field:
        if field["options"] not in options:
            findings.add("unknown_options", f"{path}.options", name=field["options"])
        field["options"] = options.get(field["options"], [])
