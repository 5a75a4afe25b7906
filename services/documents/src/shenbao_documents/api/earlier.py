"""Certificates of earlier systems."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.data.paging import page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_documents.actions import earlier
from shenbao_documents.models.earlier import EarlierCertificate

blp = Blueprint("earlier", __name__, url_prefix="/v1/earlier-certificates", description="Of earlier systems.")

_MOST_AT_ONCE = 1000


class EarlierIn(Schema):
    """A certificate as the earlier system has it. valid_until: null for as long as it lasts."""

    number = Text(60, required=True)
    name = Text(100, required=True)
    id_number = Text(30, required=True)
    title = Text(200, required=True)
    organisation_name = Text(200, required=True)
    issued_on = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(load_default=None, allow_none=True)


class EarlierImportIn(Schema):
    """Rows of an import file, in its order."""

    items = ma.fields.List(ma.fields.Nested(EarlierIn), required=True, validate=validate.Length(1, _MOST_AT_ONCE))


class EarlierImportedOut(Schema):
    """left_out: rows, counted from 1, whose number is known already."""

    added = ma.fields.Integer()
    left_out = ma.fields.List(ma.fields.Integer())


class EarlierQuery(PageQuery):
    """q: the exact number of a certificate, or the ID number of its holder."""

    q = Text(60, required=True)


class EarlierOut(Schema):
    """A certificate of an earlier system."""

    number = ma.fields.String()
    name = ma.fields.String(attribute="holder.name")
    title = ma.fields.String()
    organisation_name = ma.fields.String()
    issued_on = ma.fields.Date()
    valid_until = ma.fields.Date(allow_none=True)


class EarlierPage(Schema):
    """One page, newest first."""

    items = ma.fields.List(ma.fields.Nested(EarlierOut))
    next = ma.fields.String(allow_none=True)


@blp.post("/imports")
@blp.arguments(EarlierImportIn)
@blp.response(200, EarlierImportedOut)
def take_over(body: dict[str, Any]) -> dict[str, Any]:
    """Take over certificates; what is known already stays as it is. Administrators only (S4a-12)."""
    who = actor_of(Kind.ADMIN)
    who.require("organisation.manage")
    with transaction() as session:
        left_out = earlier.take_over(session, body["items"], actor=who, now=clock.now())
    return {"added": len(body["items"]) - len(left_out), "left_out": left_out}


@blp.get("")
@blp.arguments(EarlierQuery, location="query")
@blp.response(200, EarlierPage)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """Whoever reviews looks up what somebody was certified before; there is no list of all."""
    who = actor()
    if who.kind not in (Kind.OFFICE, Kind.ADMIN):
        raise NotAllowed("wrong_kind_of_account")
    if who.kind is Kind.OFFICE:
        who.require("review.decide")
    with transaction() as session:
        found = page(
            session,
            earlier.found_by(session, query["q"]),
            by=[EarlierCertificate.id],
            after=query["after"],
            limit=query["limit"],
        )
        return {"items": found.items, "next": found.next}
