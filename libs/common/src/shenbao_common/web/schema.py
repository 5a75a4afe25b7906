"""Public JSON: schemas that refuse unknown fields, and messages that are codes instead of sentences."""

import math
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import validate


def _speak_in_codes() -> None:
    """Marshmallow's sentences become codes once, for every schema: `wrong_type`, `too_long:200`."""
    for name in ma.fields.__all__:
        field = getattr(ma.fields, name)
        messages = vars(field).get("default_error_messages")
        if messages:
            messages.update({key: _CODES.get(key, key) for key in messages})
    validate.Length.message_min = "too_short:{min}"
    validate.Length.message_max = "too_long:{max}"
    validate.Length.message_all = "wrong_length:{min}-{max}"
    validate.Length.message_equal = "wrong_length:{equal}"
    validate.Range.message_min = "too_small:{{min}}"
    validate.Range.message_max = "too_large:{{max}}"
    validate.Range.message_all = "out_of_range:{{min}}-{{max}}"
    validate.OneOf.default_message = "unknown_choice"
    validate.Regexp.default_message = "wrong_format"
    validate.Email.default_message = "wrong_format"


_CODES = {
    "required": "required",
    "null": "required",
    "invalid": "wrong_type",
    "invalid_uuid": "wrong_type",
    "type": "wrong_type",
    "validator_failed": "invalid",
}

_speak_in_codes()


def _read_numbers_as_written() -> None:
    """Marshmallow makes 1 of 1.5 where an integer is asked for and, as Python does, 10 of the text `1_0`."""
    read = ma.fields.Number._validated

    def validated(field: ma.fields.Number[Any], value: Any) -> Any:
        cut = isinstance(value, float) and field.num_type is int
        if cut or (isinstance(value, str) and ("_" in value or not value.isascii())):
            raise field.make_error("invalid", input=value)
        return read(field, value)

    ma.fields.Number._validated = validated  # type: ignore[method-assign, assignment]


_read_numbers_as_written()


class Schema(ma.Schema):
    """Base of every `<Noun>In` and `<Noun>Out`."""

    class Meta:
        unknown = ma.RAISE
        ordered = True

    error_messages = {"unknown": "unknown_field", "type": "wrong_type"}


class PageQuery(Schema):
    """Query of every list: how many (1 to 100) and after which cursor."""

    limit = ma.fields.Integer(load_default=20, validate=validate.Range(1, 100))
    after = ma.fields.String(load_default=None, validate=validate.Length(max=500))


class Text(ma.fields.String):
    """A trimmed text of `low` to `high` characters; no control or direction characters other than line breaks."""

    def __init__(self, high: int = 200, *, low: int = 1, **options: Any) -> None:
        least = validate.Length(min=low, error="required" if low == 1 else None)
        super().__init__(validate=[least, validate.Length(max=high), self.readable], **options)

    def readable(self, value: str) -> None:
        printable(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class PrintedText(Text):
    """A text that an official form shows: no pictures (emoji), nor signs that each typeface draws as it likes."""

    def readable(self, value: str) -> None:
        if found := _NEVER_PRINTED.search(value):
            printable(found[0])
            raise ma.ValidationError(f"not_printed:{found[0]}")


# PostgreSQL keeps no NUL, UTF-8 has no lone surrogates, and what turns the direction of writing (Unicode Standard
# Annex 9) shows an official another text than the one that is kept; so does what has no width, or is no character.
_UNREADABLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff"
)
_UNPRINTABLE = re.compile(f"[{_UNREADABLE}]")
# Emoji, private use, tags and what is no character yet; every ideograph stays, for names have the rarest (planes 2, 3).
_NEVER_PRINTED = re.compile(
    f"[{_UNREADABLE}\u20e3\u23e9-\u23f3\u2648-\u2653\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2757\u2795-\u2797\u27b0\u27bf"
    "\ue000-\uf8ff\U0001f000-\U0001faff\U00040000-\U000e00ff\U000f0000-\U0010ffff]"
)
_WHOLE = 2**53 - 1
_LEVELS = 32


def printable(value: str) -> None:
    if _UNPRINTABLE.search(value):
        raise ma.ValidationError("control_character")


def kept_as_given(value: Any, levels: int = _LEVELS) -> None:
    """For JSON without a schema: texts that can be kept, numbers that every reader reads alike (RFC 7493), and not
    nested without end.
    """
    if not levels:
        raise ma.ValidationError("wrong_type")
    if isinstance(value, str):
        printable(value)
    elif isinstance(value, float | int) and not (math.isfinite(value) and abs(value) <= _WHOLE):
        raise ma.ValidationError(f"too_large:{_WHOLE}")
    elif isinstance(value, Mapping | list):
        for inner in (*value, *value.values()) if isinstance(value, Mapping) else value:
            kept_as_given(inner, levels - 1)
