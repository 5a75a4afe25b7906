"""Packs whose options come from dictionaries: each application is read with the codes that it was made with."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def asks(document: Document) -> bool:
    """Whether any field takes its options from a dictionary."""
    return any(
        "dictionary" in field
        for section in document["sections"]
        for one in section["fields"]
        for field in (one, *one.get("fields", ()))
    )


def settled(document: Document, codes: Mapping[str, Any]) -> dict[str, Any]:
    """The pack with these codes as the options of such fields; the document itself stays as it was published."""
    sections = [{**section, "fields": list(_fields(section["fields"], codes))} for section in document["sections"]]
    return {**document, "sections": sections}


def _fields(fields: list[dict[str, Any]], codes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for field in fields:
        if "dictionary" in field:
            yield {**field, "options": codes.get(field["dictionary"], [])}
        elif "fields" in field:
            yield {**field, "fields": list(_fields(field["fields"], codes))}
        else:
            yield field
