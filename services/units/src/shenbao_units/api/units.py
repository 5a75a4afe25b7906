"""A unit's own page: basic information, supervising department, history; and the search for units."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound, ensure
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_units import queries
from shenbao_units.actions import units
from shenbao_units.api.people_schemas import HistoryPage, HistoryQuery, NamedUnitPage, NamedUnitQuery
from shenbao_units.api.registrations import registry
from shenbao_units.api.schemas import SupervisionIn, SupervisionOut, UnitIn, UnitNameIn, UnitOut
from shenbao_units.api.slips import Slips
from shenbao_units.domain import supervision
from shenbao_units.models import HistoryEntry, Unit, UnitNamePart

blp = Blueprint("units", __name__, url_prefix="/v1/units", description="Registered employers.")


@blp.get("")
@blp.arguments(NamedUnitQuery, location="query")
@blp.response(200, NamedUnitPage)
def search(query: dict[str, Any]) -> Page[UnitNamePart]:
    """Registered units by a part of their names (S0-07)."""
    actor()
    with transaction() as session:
        return queries.units_named(session, **query)


@blp.get("/mine")
@blp.response(200, UnitOut)
def show() -> Unit:
    """The own unit, of the unit itself or one of its sub-accounts."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT)
    with transaction() as session:
        return tagged(queries.unit(session, who.unit_id))


@blp.patch("/mine")
@blp.arguments(UnitIn)
@blp.response(200, UnitOut)
def revise(body: dict[str, str]) -> Unit:
    """Saves basic information (S4g-31)."""
    who = _unit_with("profile.change")
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        return tagged(units.revise(session, unit, body))


@blp.put("/mine/name")
@blp.arguments(UnitNameIn)
@blp.response(200, UnitOut)
def rename(body: dict[str, Any]) -> Unit:
    """Gives the unit the name of its latest licence; the history keeps both (S4b-09)."""
    who = _unit_with("unit.manage")
    slips, receipt = Slips(), body["certificate_receipt"]
    scan = slips.certificate(receipt, "certificate_receipt", owner=who.account_id) if receipt else None
    ensure(slips.problems)
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        wanted = units.NewName(name=body["name"], certificate_id=scan)
        return tagged(
            units.rename(session, unit, wanted, registry=registry(), actor_id=who.account_id, now=clock.now())
        )


@blp.get("/mine/supervising-department")
@blp.response(200, SupervisionOut)
def show_supervision() -> dict[str, Any]:
    """The present department, and how many applications a change would recall (S4g-32)."""
    who = actor_of(Kind.UNIT)
    with transaction() as session:
        unit = tagged(queries.unit(session, who.unit_id))
        return _supervision(unit, queries.reported_count(session, unit.id))


@blp.put("/mine/supervising-department")
@blp.arguments(SupervisionIn)
@blp.response(200, SupervisionOut)
def change_supervision(body: dict[str, Any]) -> dict[str, Any]:
    """Moves the unit under another department, once the number that is recalled is confirmed (S4g-32)."""
    who = _unit_with("unit.manage")
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        wanted, confirmed = body["department_id"], body["confirmed_count"]
        units.change_department(
            session, unit, department_id=wanted, confirmed=confirmed, actor_id=who.account_id, now=clock.now()
        )
        # Those who hear of the change recall what was reported; the copy here follows their news.
        return _supervision(tagged(unit), queries.reported_count(session, unit.id))


@blp.delete("/<uuid:unit_id>/self-declaring")
@blp.response(204)
def end_self_declaring(unit_id: UUID) -> ResponseReturnValue:
    """The supervising department takes the mark off a unit that has a title officer by now (S4e-05)."""
    who = actor_of(Kind.OFFICE)
    who.require("review.decide")
    with transaction() as session:
        unit = queries.unit_to_change(session, unit_id)
        if unit.department_id != who.organisation_id:
            raise NotFound
        units.end_self_declaring(session, unit, actor_id=who.account_id, now=clock.now())
    return ""


@blp.get("/mine/history")
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, HistoryPage)
def show_history(query: dict[str, Any]) -> Page[HistoryEntry]:
    """What happened to the own unit, who did it (B-18, S0-06)."""
    who = actor_of(Kind.UNIT)
    with transaction() as session:
        return queries.history(session, queries.unit(session, who.unit_id).id, **query)


def _unit_with(permission: str) -> Actor:
    who = actor_of(Kind.UNIT)
    who.require(permission)
    return who


def _supervision(unit: Unit, reported: int) -> dict[str, Any]:
    return {
        "department": unit.department,
        "reported_count": reported,
        "warning_code": supervision.warning(reported),
    }
