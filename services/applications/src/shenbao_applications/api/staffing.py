"""Professional staff and appointments of a unit, and the structure of its posts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from shenbao_applications.actions import staffing
from shenbao_applications.api.applications import desk
from shenbao_applications.domain.received import LEVELS
from shenbao_applications.domain.staffing import REACTIONS, statistics
from shenbao_applications.models.staffing import StaffMember, StaffStructure
from shenbao_applications.queries import staffing as queries
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("staffing", __name__, url_prefix="/v1/units/<uuid:unit_id>", description="Staff and appointments.")

_LEVEL = validate.OneOf(list(LEVELS))
_MOST_POSTS = 1_000_000


class StaffIn(Schema):
    """Basic data of somebody."""

    name = Text(100, required=True)
    sex = ma.fields.String(required=True, validate=validate.OneOf(["male", "female"]))
    id_number = Text(18, required=True)
    education = Text(60, low=0, load_default="")
    specialty = Text(100, low=0, load_default="")


class AppointmentIn(Schema):
    """A post; whoever has another gives that up on the same day."""

    level = ma.fields.String(required=True, validate=_LEVEL)
    title = Text(100, required=True)
    starts_on = ma.fields.Date(required=True)


class ReleaseIn(Schema):
    """The last day of a post."""

    ends_on = ma.fields.Date(required=True)


class AppointmentOut(AppointmentIn):
    """ends_on: null while it lasts. over_quota: entered although its level was full."""

    id = ma.fields.UUID()
    ends_on = ma.fields.Date(allow_none=True)
    over_quota = ma.fields.Boolean()


class StaffLineOut(Schema):
    """A line of the list. current: the post that somebody has now."""

    id = ma.fields.UUID()
    version = ma.fields.Integer()
    name = ma.fields.String()
    sex = ma.fields.String()
    education = ma.fields.String()
    specialty = ma.fields.String()
    current = ma.fields.Nested(AppointmentOut, allow_none=True)


class StaffOut(StaffLineOut):
    """With the ID number, and all appointments, the oldest first."""

    id_number = ma.fields.String()
    appointments = ma.fields.List(ma.fields.Nested(AppointmentOut))


class StaffQuery(PageQuery):
    """q: an exact ID number."""

    q = Text(18, low=0, load_default=None)


class StaffList(Schema):
    """One page, newest first."""

    items = ma.fields.List(ma.fields.Nested(StaffLineOut))
    next = ma.fields.String(allow_none=True)


class StructureIn(Schema):
    """quotas: most appointed by level; a level without is not limited. reaction: to one more than the quota."""

    posts = ma.fields.Integer(required=True, strict=True, validate=validate.Range(0, _MOST_POSTS))
    quotas = ma.fields.Dict(
        keys=ma.fields.String(validate=_LEVEL),
        values=ma.fields.Integer(strict=True, validate=validate.Range(0, _MOST_POSTS)),
        required=True,
    )
    reaction = ma.fields.String(required=True, validate=validate.OneOf(REACTIONS))


class LevelOut(Schema):
    """share: appointed in percent of all posts, null where these are not set."""

    level = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()
    appointed = ma.fields.Integer()
    quota = ma.fields.Integer(allow_none=True)
    share = ma.fields.Float(allow_none=True)
    exceeded = ma.fields.Boolean()


class StructureOut(Schema):
    """members: how many staff there are. levels: from the highest."""

    posts = ma.fields.Integer()
    reaction = ma.fields.String()
    members = ma.fields.Integer()
    levels = ma.fields.List(ma.fields.Nested(LevelOut))


@blp.get("/staff")
@blp.arguments(StaffQuery, location="query")
@blp.response(200, StaffList)
def list_staff(query: dict[str, Any], unit_id: UUID) -> Mapping[str, Any]:
    """A unit's staff with the posts that they have now."""
    with _readable(unit_id) as session:
        found = queries.members_page(session, unit_id, **query)
        return {"items": [_line(row) for row in found.items], "next": found.next}


@blp.post("/staff")
@blp.arguments(StaffIn)
@blp.response(201, StaffOut)
def add(body: dict[str, str], unit_id: UUID) -> Mapping[str, Any]:
    """Add somebody."""
    with _readable(unit_id) as session:
        return _whole(staffing.add(session, unit_id, body, desk=desk()))


@blp.get("/staff/<uuid:member_id>")
@blp.response(200, StaffOut)
def show(unit_id: UUID, member_id: UUID) -> Mapping[str, Any]:
    """Somebody with all appointments."""
    with _readable(unit_id) as session:
        return _whole(tagged(queries.member(session, unit_id, member_id)))


@blp.put("/staff/<uuid:member_id>")
@blp.arguments(StaffIn)
@blp.response(200, StaffOut)
def revise(body: dict[str, str], unit_id: UUID, member_id: UUID) -> Mapping[str, Any]:
    """Save basic data."""
    with _readable(unit_id) as session:
        row = queries.member(session, unit_id, member_id, lock=True)
        ensure_match(row)
        return _whole(staffing.revise(session, row, body, desk=desk()))


@blp.delete("/staff/<uuid:member_id>")
@blp.response(204)
def remove(unit_id: UUID, member_id: UUID) -> None:
    """Take somebody out who has no post."""
    with _readable(unit_id) as session:
        row = queries.member(session, unit_id, member_id, lock=True)
        ensure_match(row)
        staffing.remove(session, row, desk=desk())


@blp.post("/staff/<uuid:member_id>/appointments")
@blp.arguments(AppointmentIn)
@blp.response(201, AppointmentOut)
def appoint(body: dict[str, Any], unit_id: UUID, member_id: UUID) -> Any:
    """Appoint somebody; above the quota it is refused or flagged (S4a-11)."""
    with _readable(unit_id) as session:
        made = staffing.appoint(session, queries.member(session, unit_id, member_id, lock=True), body, desk=desk())
        session.flush()
        return made


@blp.post("/staff/<uuid:member_id>/release")
@blp.arguments(ReleaseIn)
@blp.response(200, StaffOut)
def release(body: dict[str, Any], unit_id: UUID, member_id: UUID) -> Mapping[str, Any]:
    """End the post that somebody has."""
    with _readable(unit_id) as session:
        row = queries.member(session, unit_id, member_id, lock=True)
        staffing.release(session, row, body["ends_on"], desk=desk())
        return _whole(row)


@blp.get("/structure")
@blp.response(200, StructureOut)
def show_structure(unit_id: UUID) -> Mapping[str, Any]:
    """Statistics: appointed of each level, quota and share (S4a-11)."""
    with _readable(unit_id) as session:
        return _structure(queries.structure(session, unit_id))


@blp.put("/structure")
@blp.arguments(StructureIn)
@blp.response(200, StructureOut)
def set_structure(body: dict[str, Any], unit_id: UUID) -> Mapping[str, Any]:
    """Set posts, quotas and the reaction to one more; offices above the unit only."""
    with _readable(unit_id) as session:
        return _structure(staffing.set_structure(session, unit_id, body, desk=desk()))


@contextmanager
def _readable(unit_id: UUID) -> Iterator[Session]:
    with transaction() as session:
        queries.ensure_readable(session, unit_id, actor())
        yield session


def _line(row: StaffMember) -> dict[str, Any]:
    person = {word: row.person.get(word, "") for word in ("name", "sex", "education", "specialty")}
    return {"id": row.id, "version": row.version, **person, "current": queries.current(row)}


def _whole(row: StaffMember) -> dict[str, Any]:
    return {**_line(row), "id_number": row.person["id_number"], "appointments": row.appointments}


def _structure(row: StaffStructure) -> dict[str, Any]:
    levels = statistics(row.posts, row.quotas, row.appointed)
    return {"posts": row.posts, "reaction": row.reaction, "members": row.members, "levels": levels}
