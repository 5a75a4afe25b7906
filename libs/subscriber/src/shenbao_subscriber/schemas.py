"""A small part of JSON Schema: `type`, `required`, `properties`, `items`. Other words are not looked at.

An event's promise is that fields are only added, so fields that a schema does not name are no fault.
"""

from collections.abc import Mapping
from typing import Any

from shenbao_subscriber.event import Unreadable

Schema = Mapping[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def check(value: object, schema: Schema, path: str = "data") -> None:
    """Raises Unreadable with the path of the first fault, never with a value."""
    if "type" in schema and not any(_is(value, name) for name in _names(schema["type"])):
        raise Unreadable(f"{path} is not of type {' or '.join(_names(schema['type']))}")
    if isinstance(value, dict):
        _check_fields(value, schema, path)
    if isinstance(value, list) and "items" in schema:
        for item in value:
            check(item, schema["items"], f"{path}[]")


def _check_fields(value: Mapping[str, object], schema: Schema, path: str) -> None:
    for name in schema.get("required", ()):
        if name not in value:
            raise Unreadable(f"{path}.{name} is missing")
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            check(value[name], inner, f"{path}.{name}")


def _names(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):  # which is an int in Python, not in JSON
        return name == "boolean"
    return isinstance(value, _TYPES[name])
