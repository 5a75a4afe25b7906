"""Public JSON of face authentication and shared data."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema
from shenbao_identity.api.schemas import Line
from shenbao_identity.domain.face import PURPOSES


class FaceSlipIn(Schema):
    """purpose: that of the authentication, which the slip is then good for and nothing else."""

    purpose = ma.fields.String(load_default="shared_data", validate=validate.OneOf(PURPOSES))


class FaceIn(Schema):
    purpose = ma.fields.String(required=True, validate=validate.OneOf(PURPOSES))


class FaceOut(Schema):
    """state: created | passed | failed | used | expired. seconds_left: to scan the code, or to use what has passed."""

    id = ma.fields.UUID()
    purpose = ma.fields.String()
    state = ma.fields.String()
    seconds_left = ma.fields.Integer()


class NewFaceOut(FaceOut):
    """code: what the QR image shows; told this once."""

    code = ma.fields.String()


class FaceSlipOut(Schema):
    """slip: name and number of the person, for as long as the authentication could still be used."""

    slip = ma.fields.String()


class ConfirmationIn(Schema):
    """id_number: of whom the app recognised."""

    code = Line(100, required=True)
    id_number = Line(30, required=True)
    passed = ma.fields.Boolean(required=True)


class SharedDataIn(Schema):
    purpose = Line(50, required=True)
    wanted = ma.fields.List(Line(50), required=True, validate=validate.Length(min=1, max=30))


class SharedDataOut(Schema):
    records = ma.fields.Dict(keys=ma.fields.String())


class ReadOut(Schema):
    """outcome: asked | read | failed."""

    purpose = ma.fields.String()
    legal_basis = ma.fields.String()
    wanted = ma.fields.List(ma.fields.String(), attribute="fields")
    outcome = ma.fields.String()
    read_at = ma.fields.AwareDateTime()


class ReadsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ReadOut))
    next = ma.fields.String(allow_none=True)
