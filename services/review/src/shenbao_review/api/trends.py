"""How the work of an office, or the cases of a unit, went in the last days (B-31)."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema
from shenbao_review.queries import tallies

blp = Blueprint("trends", __name__, url_prefix="/v1/cases/trend", description="Counted work of the last days.")


class TrendQuery(Schema):
    """days: how many, today included."""

    days = ma.fields.Integer(load_default=30, validate=validate.Range(1, 366))
    project_id = ma.fields.UUID(load_default=None)


class TrendDayOut(Schema):
    """came: what reached the office, or what the unit reported. The others: decisions, or outcomes of the unit's."""

    day = ma.fields.Date()
    came = ma.fields.Integer()
    passed = ma.fields.Integer()
    returned = ma.fields.Integer()
    failed = ma.fields.Integer()


class OpenForOut(Schema):
    """steps: decided ones that were open for so many days: within_1, within_3, within_5, within_10, longer."""

    span = ma.fields.String()
    steps = ma.fields.Integer()


class TrendOut(Schema):
    """days: every day of the period, oldest first."""

    days = ma.fields.List(ma.fields.Nested(TrendDayOut))
    open_for = ma.fields.List(ma.fields.Nested(OpenForOut))


@blp.get("")
@blp.arguments(TrendQuery, location="query")
@blp.response(200, TrendOut)
def show(query: dict[str, Any]) -> dict[str, Any]:
    """What came and what was decided by day, and how long decided steps had been open."""
    owner, today = _owner(actor()), office_day(current_app.extensions["clock"]())
    with transaction() as session:
        return tallies.trend(session, owner, today=today, **query)


def _owner(caller: Actor) -> UUID:
    found = {Kind.OFFICE: caller.organisation_id, Kind.UNIT: caller.unit_id}.get(caller.kind)
    if found is None:
        raise NotAllowed("wrong_kind_of_account")
    return found
