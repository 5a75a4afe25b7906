"""After publicity: numbering, the document that issues, revocation (S4a-09)."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_review.actions import issuances
from shenbao_review.queries import issuances as queries

blp = Blueprint("issuances", __name__, url_prefix="/v1", description="Numbers and documents after publicity.")

_TIME = ma.fields.AwareDateTime(format="iso", allow_none=True)


class NumberingIn(Schema):
    """series: capital letters before the year, such as ZC for ZC2026000001."""

    series = ma.fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{1,10}$"))


class DocumentIn(Schema):
    """document_number: 发文字号; issuing_unit: 发证单位, as certificates name it."""

    document_number = Text(100, required=True)
    issuing_unit = Text(200, required=True)


class NumberRevocationIn(Schema):
    application_id = ma.fields.UUID(required=True)
    reason = Text(500, required=True)


class NumberOut(Schema):
    """reason: why it was revoked, for the office alone."""

    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    number = ma.fields.String()
    revoked_at = _TIME
    reason = ma.fields.String(allow_none=True)


class IssuanceItemOut(Schema):
    issuance_id = ma.fields.UUID()
    publicity_id = ma.fields.UUID()
    title = ma.fields.String()
    numbered_at = _TIME
    document_number = ma.fields.String(allow_none=True)
    issuing_unit = ma.fields.String(allow_none=True)
    issued_at = _TIME


class IssuanceOut(IssuanceItemOut):
    numbers = ma.fields.List(ma.fields.Nested(NumberOut))


class IssuancesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(IssuanceItemOut))
    next = ma.fields.String(allow_none=True)


@blp.post("/publicities/<uuid:publicity_id>/numbering")
@blp.arguments(NumberingIn)
@blp.response(201, IssuanceOut)
def number(body: dict[str, Any], publicity_id: UUID) -> Any:
    """Give consecutive certificate numbers to everybody of an ended notice who is through."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        notice = queries.notice_held(session, publicity_id, caller.organisation_id)
        return issuances.number(session, notice, body["series"], actor=caller, now=_now())


@blp.get("/issuances")
@blp.arguments(PageQuery, location="query")
@blp.response(200, IssuancesOut)
def index(query: dict[str, Any]) -> Any:
    """Those of the caller's office, the latest first."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        return queries.page_of_office(session, caller.organisation_id, **query)


@blp.get("/issuances/<uuid:issuance_id>")
@blp.response(200, IssuanceOut)
def show(issuance_id: UUID) -> Any:
    """With every number."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        return queries.issuance_of(session, issuance_id, caller.organisation_id)


@blp.post("/issuances/<uuid:issuance_id>/document")
@blp.arguments(DocumentIn)
@blp.response(200, IssuanceOut)
def issue(body: dict[str, Any], issuance_id: UUID) -> Any:
    """Issue the document; from then on certificates bear the numbers."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        made = queries.issuance_of(session, issuance_id, caller.organisation_id, held=True)
        issuances.issue(session, made, **body, actor=caller, now=_now())
        return made


@blp.post("/issuances/<uuid:issuance_id>/revocations")
@blp.arguments(NumberRevocationIn)
@blp.response(200, IssuanceOut)
def revoke(body: dict[str, Any], issuance_id: UUID) -> Any:
    """Revoke one number with its reason; a certificate that bears it is revoked by documents."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        made = queries.issuance_of(session, issuance_id, caller.organisation_id, held=True)
        issuances.revoke(session, made, **body, actor=caller, now=_now())
        return made


def _now() -> Any:
    return current_app.extensions["clock"]()
