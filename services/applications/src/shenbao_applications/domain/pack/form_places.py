"""The fields of a pack with their places in the file, and the field at a place of the form."""

from collections.abc import Iterable, Iterator
from typing import Any

Pack = dict[str, Any]


def fields_with_paths(pack: Pack) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every field of every section, columns of rows included, with its place in the file."""
    for s, section in enumerate(pack["sections"]):
        for f, field in enumerate(section["fields"]):
            path = f"sections.{s}.fields.{f}"
            yield path, field
            yield from ((f"{path}.fields.{c}", column) for c, column in enumerate(field.get("fields", ())))


def form_field(pack: Pack, place: str) -> dict[str, Any] | None:
    """The field at `<section>.<field>` or `<section>.<rows>.<column>`, or None."""
    section, key, *column = place.split(".")
    fields: list[dict[str, Any]] = next((s["fields"] for s in pack["sections"] if s["key"] == section), [])
    field = next((f for f in fields if f["key"] == key), None)
    if field is None or not column:
        return field
    return next((c for c in field.get("fields", ()) if c["key"] == column[0]), None)


def fields_with_columns(pack: Pack) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Every field with its place, and for a column all columns of its row."""
    own = {id(column): field["fields"] for _, field in fields_with_paths(pack) for column in field.get("fields", ())}
    return ((path, field, own.get(id(field), [])) for path, field in fields_with_paths(pack))
