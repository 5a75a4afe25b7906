"""The unit directory (单位库), and what earlier systems knew of it."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_units.actions import directory
from shenbao_units.api.organisations import CODE_DIGITS
from shenbao_units.domain.levels import Level
from shenbao_units.models import DirectoryUnit
from shenbao_units.queries import directory as queries

blp = Blueprint("directory", __name__, url_prefix="/v1/directory", description="Units that offices know of.")

_MOST_AT_ONCE = 1000


class DirectoryUnitIn(Schema):
    """code: of organisation (9) or credit code (18)."""

    code = Text(18, required=True)
    name = Text(200, required=True)
    department_id = ma.fields.UUID(required=True)


class DirectoryUnitOut(Schema):
    """unit_id: of the unit that registered with this code under this department, null while none has."""

    id = ma.fields.UUID()
    org_code = ma.fields.String()
    uscc = ma.fields.String()
    name = ma.fields.String()
    department_id = ma.fields.UUID()
    unit_id = ma.fields.UUID(allow_none=True)


class DirectoryQuery(PageQuery):
    """q: the beginning of a code, or a piece of a name."""

    q = Text(100, low=0, load_default=None)


class DirectoryPage(Schema):
    """One page, by code."""

    items = ma.fields.List(ma.fields.Nested(DirectoryUnitOut))
    next = ma.fields.String(allow_none=True)


class ImportedNodeIn(Schema):
    """A supervising unit with the code of the one above it, "" at the top."""

    code = ma.fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,32}\Z"))
    name = Text(100, required=True)
    level = ma.fields.String(required=True, validate=validate.OneOf([level.value for level in Level]))
    parent_code = Text(32, low=0, load_default="")


class ImportedUnitIn(Schema):
    """A unit with the code of its supervising department."""

    code = Text(18, required=True)
    name = Text(200, required=True)
    department_code = Text(32, required=True)


class ImportIn(Schema):
    """Rows of an import file, in its order."""

    organisations = ma.fields.List(
        ma.fields.Nested(ImportedNodeIn), load_default=list, validate=validate.Length(max=_MOST_AT_ONCE)
    )
    units = ma.fields.List(
        ma.fields.Nested(ImportedUnitIn), load_default=list, validate=validate.Length(max=_MOST_AT_ONCE)
    )


class RowProblemOut(Schema):
    """What is wrong at one field of a row."""

    code = ma.fields.String()
    path = ma.fields.String()
    params = ma.fields.Dict()


class ReportedOut(Schema):
    """list: organisations or units; row: counts from 1; code: as the file has it."""

    list = ma.fields.String()
    row = ma.fields.Integer()
    code = ma.fields.String()
    problems = ma.fields.List(ma.fields.Nested(RowProblemOut))


class ImportedOut(Schema):
    """How many rows were added, and every row that was not, with why."""

    added = ma.fields.Integer()
    reported = ma.fields.List(ma.fields.Nested(ReportedOut))


@blp.get("")
@blp.arguments(DirectoryQuery, location="query")
@blp.response(200, DirectoryPage)
def list_units(query: dict[str, Any]) -> dict[str, Any]:
    """The units of the own branch; an administrator reads all."""
    root = _root(actor())
    with transaction() as session:
        found = queries.units_page(session, root, **query)
        known = queries.registered(session, found.items)
        items = [{**vars(row), "unit_id": known.get((row.org_code, row.department_id))} for row in found.items]
    return {"items": items, "next": found.next}


@blp.post("")
@blp.arguments(DirectoryUnitIn)
@blp.response(201, DirectoryUnitOut)
def add(body: dict[str, Any]) -> DirectoryUnit:
    """Add a unit to the own branch (S4a-02)."""
    who = _keeper()
    with transaction() as session:
        return directory.add(session, **body, actor=who, now=clock.now())


@blp.delete("/<uuid:unit_id>")
@blp.response(204)
def remove(unit_id: UUID) -> ResponseReturnValue:
    """Take a unit out of the directory; a registered one stays registered."""
    who = _keeper()
    with transaction() as session:
        session.delete(queries.unit_to_change(session, unit_id, _root(who)))
    return ""


@blp.post("/imports")
@blp.arguments(ImportIn)
@blp.response(200, ImportedOut)
def take_over(body: dict[str, Any]) -> directory.Imported:
    """Take over supervising units and units of an earlier system; administrators only (S4a-12)."""
    who = actor_with("organisation.manage")
    digits: int = current_app.extensions[CODE_DIGITS]
    with transaction() as session:
        return directory.take_over(
            session, body["organisations"], body["units"], actor=who, digits=digits, now=clock.now()
        )


def _keeper() -> Actor:
    """An officer who decides about the units of the branch, or an administrator of organisations."""
    who = actor()
    _root(who)
    who.require("organisation.manage" if who.kind is Kind.ADMIN else "review.decide")
    return who


def _root(who: Actor) -> UUID | None:
    """The branch that the caller keeps: an office its own, an administrator all."""
    if who.kind is Kind.ADMIN:
        return None
    if who.kind is not Kind.OFFICE or who.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    return who.organisation_id
