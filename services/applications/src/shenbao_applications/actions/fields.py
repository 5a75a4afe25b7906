"""One marshmallow field per type of the pack's vocabulary."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import PrintedText, Schema, Text, printable

NONE = "无"
"""What people write when there is nothing to write; a field says whether it takes that for an answer (C6, X23)."""

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,28}[0-9]")
_RECEIPT_LENGTH = 4000
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id as it is kept; a form holds many, and this is a tenth of reading one."""

Maker = Callable[[Mapping[str, Any]], ma.fields.Field[Any]]


def schema_of(fields: Sequence[Mapping[str, Any]]) -> ma.Schema:
    """Format only: whether something must be filled in is asked when the application is reported, not when saved."""
    return Schema.from_dict({f["key"]: _MAKERS[f["type"]](f) for f in fields}, name="Section")()


class _Matching(ma.fields.String):
    """A trimmed text of one pattern."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__()
        self._pattern = pattern

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not self._pattern.fullmatch(text):
            raise ma.ValidationError("wrong_format")
        return text


class _Day(ma.fields.String):
    """A day as YYYY-MM-DD between 1900 and 2100, kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        try:
            day = date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise ma.ValidationError("wrong_format")
        if not 1900 <= day.year <= 2100:
            raise ma.ValidationError("out_of_range:1900-2100")
        return day.isoformat()


class _Whole(ma.fields.Field[int]):
    """A whole number, also as the text that a form sends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            return int(value)
        raise ma.ValidationError("wrong_type")


class _Number(ma.fields.Field[float]):
    """A number of at most two decimals, also as the text that a form sends; without decimals it is kept as a whole."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        text = repr(value) if isinstance(value, float) else value
        if not isinstance(text, str) or not _NUMBER.fullmatch(text.strip()):
            raise ma.ValidationError("wrong_number")
        number = float(text)
        return int(number) if number.is_integer() else number


class _File(ma.fields.Field[dict[str, str]]):
    """A new file by the receipt of its upload, or a kept one by its id; anything else beside the id is left aside."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise ma.ValidationError("wrong_type")
        receipt, document_id = value.get("receipt"), value.get("document_id")
        if isinstance(receipt, str) and len(receipt) <= _RECEIPT_LENGTH:
            return {"receipt": receipt}
        if isinstance(document_id, str) and _ID.fullmatch(document_id):
            return {"document_id": document_id}
        try:
            return {"document_id": str(UUID(str(document_id)))}
        except ValueError:
            raise ma.ValidationError("receipt_invalid") from None


class _Unit(ma.fields.Field[dict[str, str]]):
    """A registered unit by its id; a name alone is nobody."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        try:
            return {"unit_id": str(UUID(value["unit_id"]))}
        except (TypeError, KeyError, ValueError, AttributeError):
            raise ma.ValidationError("unit_needed") from None


class _Lines(PrintedText):
    """A text whose line breaks count once, however they were sent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).replace("\r\n", "\n")


def _text(field: Mapping[str, Any]) -> ma.fields.Field[Any]:
    text = _Lines(field["max_length"])
    if not field["none_allowed"]:
        text.validators.append(_something)
    return text


def _something(value: str) -> None:
    if value.strip() == NONE:
        raise ma.ValidationError("none_not_allowed")


def _limits(field: Mapping[str, Any]) -> validate.Range:
    return validate.Range(field.get("min", -(10**9)), field.get("max", 10**9))


def _choice(field: Mapping[str, Any]) -> ma.fields.Field[Any]:
    return ma.fields.String(validate=validate.OneOf([option["key"] for option in field["options"]]))


def _files(field: Mapping[str, Any]) -> ma.fields.Field[Any]:
    return ma.fields.List(_File(), validate=validate.Length(max=field["max_files"]))


def _rows(field: Mapping[str, Any]) -> ma.fields.Field[Any]:
    return ma.fields.List(ma.fields.Nested(schema_of(field["fields"])), validate=validate.Length(max=field["max_rows"]))


_MAKERS: Mapping[str, Maker] = {
    "text": _text,
    "long_text": _text,
    "integer": lambda field: _Whole(validate=_limits(field)),
    "number": lambda field: _Number(validate=_limits(field)),
    "date": lambda _: _Day(),
    "month": lambda _: _Matching(_MONTH),
    "choice": _choice,
    "mobile": lambda _: _Matching(_MOBILE),
    "phone": lambda _: _Matching(_PHONE),
    "email": lambda _: ma.fields.String(validate=[validate.Email(), validate.Length(max=200), printable]),
    "id_number": lambda _: Text(30),
    "file": lambda _: _File(),
    "files": _files,
    "rows": _rows,
    "unit": lambda _: _Unit(),
}
