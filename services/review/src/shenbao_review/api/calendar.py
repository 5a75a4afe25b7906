"""The working-day calendar: read by anybody who is signed in, extended by an administrator."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_review.actions import calendar
from shenbao_review.queries.calendar import years_known

blp = Blueprint("calendar", __name__, url_prefix="/v1/calendar", description="Working days.")


class YearIn(Schema):
    """days_off: of Monday to Friday; days_on: worked days of weekends; source: the notice that says so."""

    year = ma.fields.Integer(required=True, validate=validate.Range(2000, 2100))
    days_off = ma.fields.List(ma.fields.Date(), required=True, validate=validate.Length(min=1, max=60))
    days_on = ma.fields.List(ma.fields.Date(), load_default=list, validate=validate.Length(max=60))
    source = Text(200, required=True)


class YearOut(Schema):
    """A year whose schedule is known."""

    year = ma.fields.Integer()
    source = ma.fields.String()


class YearsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(YearOut))
    next = ma.fields.String(allow_none=True)


@blp.get("")
@blp.response(200, YearsOut)
def index() -> dict[str, Any]:
    """The years whose schedules are known."""
    actor()
    with transaction() as session:
        return {"items": years_known(session), "next": None}


@blp.post("")
@blp.arguments(YearIn)
@blp.response(201, YearOut)
def add(body: dict[str, Any]) -> Any:
    """Add the schedule of a year, once."""
    actor_of(Kind.ADMIN)
    with transaction() as session:
        return calendar.add(session, **body)
