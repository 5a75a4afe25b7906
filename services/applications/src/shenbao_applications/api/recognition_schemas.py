"""Public JSON of recognitions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from shenbao_applications.domain.pack.shapes import KEY
from shenbao_applications.models import Recognition
from shenbao_common.web.schema import Schema, Text, kept_as_given

_MOST_AT_ONCE = 500
_NAMED = validate.Regexp(KEY, error="wrong_format")


class RecognitionIn(Schema):
    """One recognition as the register has it. sections: the form as it was; materials: names of its files."""

    name = Text(60, required=True)
    id_type = Text(20, required=True)
    id_number = Text(30, required=True)
    category = Text(60, required=True)
    recognised_on = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(load_default=None, allow_none=True)
    status = ma.fields.String(load_default="valid", validate=validate.OneOf(["valid", "revoked"]))
    unit_id = ma.fields.UUID(load_default=None, allow_none=True)
    certificate_id = ma.fields.UUID(load_default=None, allow_none=True)
    sections = ma.fields.Dict(
        keys=Text(60), values=ma.fields.Dict(keys=Text(60)), load_default=dict, validate=kept_as_given
    )
    materials = ma.fields.List(Text(200), load_default=list, validate=validate.Length(max=100))


class RecognitionsIn(Schema):
    """Recognitions of one register."""

    register = ma.fields.String(required=True, validate=_NAMED)
    items = ma.fields.List(ma.fields.Nested(RecognitionIn), required=True, validate=validate.Length(1, _MOST_AT_ONCE))


class ImportedOut(Schema):
    """How many were not known before."""

    imported = ma.fields.Integer()


class ProfileIn(Schema):
    """profile: identity's slip about the person (POST /v1/me/profile-slips)."""

    profile = Text(8000, required=True)


class NeedIn(ProfileIn):
    """category: which one the person says to have."""

    category = Text(60, load_default=None, allow_none=True)


class NeedOut(Schema):
    """answer: needed, not_yet_due, no_recognition_on_record, category_changed, recognition_over.

    apply_at: where a recognition is applied for anew.
    """

    answer = ma.fields.String()
    earliest_on = ma.fields.Date(allow_none=True)
    valid_until = ma.fields.Date(allow_none=True)
    apply_at = ma.fields.String()


class RecognitionOut(Schema):
    """A line of the own list."""

    id = ma.fields.UUID()
    register = ma.fields.String()
    category = ma.fields.String()
    recognised_on = ma.fields.Date()
    valid_until = ma.fields.Date(allow_none=True)
    status = ma.fields.String()


class RecognitionList(Schema):
    items = ma.fields.List(ma.fields.Nested(RecognitionOut))
    next = ma.fields.String(allow_none=True)


class HistoryOut(Schema):
    """full: whether the rest is told, too; the partial set is said by the pack."""

    full = ma.fields.Boolean()
    category = ma.fields.String()
    recognised_on = ma.fields.Date()
    status = ma.fields.String()
    sections = ma.fields.Dict()
    materials = ma.fields.List(ma.fields.String())


def line(row: Recognition) -> dict[str, Any]:
    plain = ("id", "register", "recognised_on", "valid_until", "status")
    return {**{name: getattr(row, name) for name in plain}, "category": row.content["category"]}


def history(row: Recognition, unit_id: UUID, terms: Mapping[str, Any]) -> dict[str, Any]:
    told = {"category": row.content["category"], "recognised_on": row.recognised_on, "status": row.status}
    if row.unit_id is None or row.unit_id != unit_id:
        return {"full": False, **{name: told[name] for name in terms["partial_history"]}}
    return {"full": True, **told, "sections": row.content["sections"], "materials": row.content["materials"]}
