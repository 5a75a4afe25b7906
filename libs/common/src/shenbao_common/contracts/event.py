"""An event is one frozen dataclass; its wire form and its JSON Schema are derived from the fields."""

from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin, get_type_hints
from uuid import UUID

import marshmallow as ma

JsonDocument = dict[str, Any]

_WIRE: dict[object, tuple[type[ma.fields.Field[Any]], dict[str, Any]]] = {
    str: (ma.fields.String, {"type": "string"}),
    int: (ma.fields.Integer, {"type": "integer"}),
    bool: (ma.fields.Boolean, {"type": "boolean"}),
    UUID: (ma.fields.UUID, {"type": "string", "format": "uuid"}),
    date: (ma.fields.Date, {"type": "string", "format": "date"}),
    datetime: (ma.fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    JsonDocument: (ma.fields.Dict, {"type": "object"}),
}


@dataclass(frozen=True)
class OneOf:
    """Says which words a text may be: `state: Annotated[str, OneOf(("enabled", "disabled"))]`.

    It is told and promised, but not asked of what is read: a word too many is the reader's question, not the bus's.
    """

    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events.

    type: `<publisher>.<fact in past tense>.v<n>`; on the wire with the prefix `cn.shenbao.`.
    subject_field: the field that names what the fact is about; order is kept per subject.
    """

    type: ClassVar[str]
    subject_field: ClassVar[str]

    @property
    def subject(self) -> str:
        return str(getattr(self, self.subject_field))

    @classmethod
    def publisher(cls) -> str:
        return cls.type.split(".", 1)[0]

    @classmethod
    def wire_schema(cls) -> ma.Schema:
        """A tolerant reader: fields that a newer publisher added are left aside."""
        hints = get_type_hints(cls)
        wire = {f.name: _wire_field(hints[f.name], required=f.default is MISSING) for f in fields(cls)}
        return ma.Schema.from_dict(wire, name=f"{cls.__name__}Wire")(unknown=ma.EXCLUDE)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema 2020-12 of the data; new optional fields may appear at any time."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": cls.__name__,
            "description": (cls.__doc__ or "").strip(),
            "type": "object",
            "properties": {f.name: _json_type(hints[f.name]) for f in fields(cls)},
            "required": [f.name for f in fields(cls) if f.default is MISSING],
        }

    def to_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = _schema_of(type(self)).dump(self)
        return wire

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Raises marshmallow.ValidationError when the data does not keep the promise."""
        loaded = _schema_of(cls).load(data)
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in loaded.items()})


_schemas: dict[type[Event], ma.Schema] = {}


def _schema_of(event_type: type[Event]) -> ma.Schema:
    # Building a schema costs a millisecond; a consumer reads thousands of events a second.
    if event_type not in _schemas:
        _schemas[event_type] = event_type.wire_schema()
    return _schemas[event_type]


def _wire_field(hint: Any, *, required: bool) -> ma.fields.Field[Any]:
    if get_origin(hint) is UnionType:
        inner = next(a for a in get_args(hint) if a is not type(None))
        return _wire_field_of(inner, required=required, allow_none=True)
    return _wire_field_of(hint, required=required, allow_none=False)


def _wire_field_of(hint: Any, *, required: bool, allow_none: bool) -> ma.fields.Field[Any]:
    if get_origin(hint) is tuple:
        return ma.fields.List(ma.fields.String(), required=required, allow_none=allow_none)
    return _WIRE[hint][0](required=required, allow_none=allow_none)


def _json_type(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is Annotated:
        plain, one_of = get_args(hint)
        return _json_type(plain) | {"enum": list(one_of.words)}
    if get_origin(hint) is UnionType:
        inner = next(a for a in get_args(hint) if a is not type(None))
        return {"anyOf": [_json_type(inner), {"type": "null"}]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": {"type": "string"}}
    return _WIRE[hint][1]
