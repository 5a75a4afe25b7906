"""A unit's own page: basic information and supervising department."""

from typing import Any

from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_units import queries
from shenbao_units.actions import units
from shenbao_units.api.schemas import SupervisionIn, SupervisionOut, UnitIn, UnitOut
from shenbao_units.domain import supervision
from shenbao_units.models import Unit

blp = Blueprint("units", __name__, url_prefix="/v1/units/mine", description="The caller's own unit.")


@blp.get("")
@blp.response(200, UnitOut)
def show() -> Unit:
    """The own unit, of the unit itself or one of its sub-accounts."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT)
    with transaction() as session:
        return tagged(queries.unit(session, who.unit_id))


@blp.patch("")
@blp.arguments(UnitIn)
@blp.response(200, UnitOut)
def revise(body: dict[str, str]) -> Unit:
    """Saves basic information (S4g-31)."""
    who = _unit_with("profile.change")
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        return tagged(units.revise(session, unit, body))


@blp.get("/supervising-department")
@blp.response(200, SupervisionOut)
def show_supervision() -> dict[str, Any]:
    """The present department, and how many applications a change would recall (S4g-32)."""
    who = actor_of(Kind.UNIT)
    with transaction() as session:
        unit = tagged(queries.unit(session, who.unit_id))
        return _supervision(unit, queries.reported_count(session, unit.id))


@blp.put("/supervising-department")
@blp.arguments(SupervisionIn)
@blp.response(200, SupervisionOut)
def change_supervision(body: dict[str, Any]) -> dict[str, Any]:
    """Moves the unit under another department, once the number that is recalled is confirmed (S4g-32)."""
    who = _unit_with("unit.manage")
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        units.change_department(session, unit, department_id=body["department_id"], confirmed=body["confirmed_count"])
        # Those who hear of the change recall what was reported; the copy here follows their news.
        return _supervision(tagged(unit), queries.reported_count(session, unit.id))


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
