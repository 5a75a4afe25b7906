"""A JSON Schema of OpenAPI as a Python annotation."""

import re
from collections.abc import Mapping
from typing import Any

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def name_of(schema: str) -> str:
    """A schema's name as Python can have it."""
    return re.sub(r"\W+", "_", schema)


def annotation(schema: Mapping[str, Any]) -> str:
    """`Any` where the schema leaves it open."""
    if "$ref" in schema:
        return name_of(schema["$ref"].rsplit("/", 1)[-1])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _either([annotation(one) for one in schema[several]])
    kinds = schema.get("type", ())
    return _either([_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _of_kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "string" and schema.get("format") == "binary":
        return "bytes"
    if kind == "array":
        return f"list[{annotation(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {annotation(values) if isinstance(values, Mapping) else 'Any'}]"
    return _PLAIN[kind]


def _either(hints: list[str]) -> str:
    """None last; Any says it all."""
    if not hints or "Any" in hints:
        return "Any"
    return " | ".join(sorted(dict.fromkeys(hints), key=lambda hint: hint == "None"))
