"""Public JSON of second factors and of the own sessions."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema
from shenbao_identity.api.schemas import Line

Text = validate.Length(max=4000)


class DueOut(Schema):
    """enrol: there is none yet, so one is to be made now."""

    enrol = ma.fields.Boolean()
    totp = ma.fields.Boolean()
    security_keys = ma.fields.Boolean()


class NewTotpOut(Schema):
    """uri: for the QR image that the authenticator app scans. slip: goes back with the first code."""

    secret = ma.fields.String()
    uri = ma.fields.String()
    slip = ma.fields.String()


class CodeIn(Schema):
    code = Line(10, required=True)


class EnrolIn(CodeIn):
    slip = ma.fields.String(required=True, validate=Text)


class OptionsOut(Schema):
    """options: for navigator.credentials. slip: of a registration, goes back with the answer."""

    options = ma.fields.Dict()
    slip = ma.fields.String()


class KeyIn(Schema):
    credential = ma.fields.Dict(keys=ma.fields.String(), required=True)


class NewKeyIn(KeyIn):
    name = Line(100, required=True)
    slip = ma.fields.String(required=True, validate=Text)


class KeyOut(Schema):
    id = ma.fields.String()
    name = ma.fields.String()
    created_at = ma.fields.AwareDateTime()


class FactorsOut(Schema):
    totp = ma.fields.Boolean()
    security_keys = ma.fields.List(ma.fields.Nested(KeyOut))
    required = ma.fields.Boolean()


class SessionOut(Schema):
    """agent: what the browser says it is. current: the one that asks."""

    id = ma.fields.UUID()
    signed_in_at = ma.fields.AwareDateTime(attribute="auth_time")
    ends_at = ma.fields.AwareDateTime()
    agent = ma.fields.String()
    current = ma.fields.Boolean()


class SessionsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(SessionOut))
