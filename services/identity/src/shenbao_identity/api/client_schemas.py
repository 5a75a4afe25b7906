"""Public JSON about other systems."""

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema
from shenbao_identity.api.schemas import Line

_ADDRESSES = validate.Length(max=10)


class ClientPatch(Schema):
    """Whole lists; an address is compared to the letter."""

    label_zh = Line(100)
    label_en = Line(100)
    redirect_uris = ma.fields.List(Line(2000), validate=validate.Length(min=1, max=10))
    post_logout_redirect_uris = ma.fields.List(Line(2000), validate=_ADDRESSES)
    start_url = Line(2000, low=0)
    active = ma.fields.Boolean()


class ClientIn(Schema):
    client_id = ma.fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{2,49}\Z"))
    label_zh = Line(100, required=True)
    label_en = Line(100, required=True)
    redirect_uris = ma.fields.List(Line(2000), required=True, validate=validate.Length(min=1, max=10))
    post_logout_redirect_uris = ma.fields.List(Line(2000), load_default=list, validate=_ADDRESSES)
    start_url = Line(2000, low=0, load_default="")


class ClientOut(Schema):
    client_id = ma.fields.String()
    label_zh = ma.fields.String()
    label_en = ma.fields.String()
    redirect_uris = ma.fields.List(ma.fields.String())
    post_logout_redirect_uris = ma.fields.List(ma.fields.String())
    start_url = ma.fields.String()
    active = ma.fields.Boolean()
    created_at = ma.fields.AwareDateTime()


class ClientsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ClientOut))
    next = ma.fields.String(allow_none=True)


class NewClientOut(Schema):
    """client_secret: told this once."""

    client_id = ma.fields.String()
    client_secret = ma.fields.String()


class ModuleOut(Schema):
    client_id = ma.fields.String()
    label_zh = ma.fields.String()
    label_en = ma.fields.String()
    start_url = ma.fields.String()
    own = ma.fields.Boolean()


class ModulesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ModuleOut))
