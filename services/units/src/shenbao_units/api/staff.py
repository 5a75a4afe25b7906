"""A unit's staff, found by identity and linked here."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import ensure
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import Schema
from shenbao_units.actions import staff
from shenbao_units.api.slips import Slips
from shenbao_units.domain.staff import StaffState, warning
from shenbao_units.models import StaffLink

blp = Blueprint("staff", __name__, url_prefix="/v1/staff", description="Staff of a unit.")


class StaffIn(Schema):
    """person: identity's slip of the looked-up person."""

    person = ma.fields.String(required=True, validate=validate.Length(max=4000))


class StaffStateIn(Schema):
    state = ma.fields.Enum(
        StaffState, by_value=True, required=True, validate=validate.OneOf([StaffState.ENABLED, StaffState.DISABLED])
    )


class RemovalQuery(Schema):
    """confirmed: that without staff the password cannot be recovered online."""

    confirmed = ma.fields.Boolean(load_default=False)


class StaffOut(Schema):
    """id_number: masked. state: enabled | disabled."""

    id = ma.fields.UUID()
    name = ma.fields.String()
    id_number = ma.fields.String()
    state = ma.fields.String()
    linked_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class StaffPage(Schema):
    """warning_code: while nobody could recover the password, else null."""

    items = ma.fields.List(ma.fields.Nested(StaffOut))
    warning_code = ma.fields.String(allow_none=True)


@blp.get("")
@blp.response(200, StaffPage)
def list_staff() -> dict[str, Any]:
    """The own unit's staff."""
    who = _officer()
    with transaction() as session:
        found = staff.listed(session, who.unit_id)
    enabled = [row for row in found if row.state == StaffState.ENABLED]
    return {"items": found, "warning_code": warning(len(enabled))}


@blp.post("")
@blp.arguments(StaffIn)
@blp.response(201, StaffOut)
def link(body: dict[str, str]) -> StaffLink:
    """Adds a person who is registered in the personal portal."""
    who = _officer()
    slips = Slips()
    person = slips.staff(body["person"], "person", unit_id=who.unit_id)
    ensure(slips.problems)
    if person is None or who.unit_id is None:
        raise AssertionError("a slip that is right names a person and a unit")
    with transaction() as session:
        return tagged(staff.link(session, who.unit_id, person, now=clock.now()))


@blp.put("/<uuid:link_id>/state")
@blp.arguments(StaffStateIn)
@blp.response(200, StaffOut)
def turn(body: dict[str, Any], link_id: UUID) -> StaffLink:
    """Enables or disables a member of the staff; a disabled one recovers nothing."""
    who = _officer()
    with transaction() as session:
        row = staff.one(session, who.unit_id, link_id)
        ensure_match(row)
        return tagged(staff.turn(session, row, body["state"]))


@blp.delete("/<uuid:link_id>")
@blp.arguments(RemovalQuery, location="query")
@blp.response(204)
def remove(query: dict[str, bool], link_id: UUID) -> ResponseReturnValue:
    """Takes a member of the staff away; of the last enabled one only when that is confirmed."""
    who = _officer()
    with transaction() as session:
        row = staff.one(session, who.unit_id, link_id)
        ensure_match(row)
        staff.turn(session, row, StaffState.REMOVED, confirmed=query["confirmed"])
    return ""


def _officer() -> Actor:
    who = actor_of(Kind.UNIT)
    who.require("unit.manage")
    return who
