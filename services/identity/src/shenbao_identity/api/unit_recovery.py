"""Staff of units: looked up by ID number to be linked, and the way back to a unit's forgotten password."""

from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_common.data import audit
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, ensure
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.schema import Schema
from shenbao_common.web.service import service
from shenbao_identity import queries
from shenbao_identity.actions import tries, unit_recovery
from shenbao_identity.actions.unit_recovery import Named
from shenbao_identity.api import guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import Line, Password
from shenbao_identity.domain import lockout, passwords
from shenbao_identity.domain.account import State
from shenbao_identity.domain.persons import CITIZEN, masked

blp = Blueprint("unit_recovery", __name__, url_prefix="/v1", description="Staff of units, and recovery by them.")

STAFF = "shenbao-staff+jwt"
_SECONDS = 600


class StaffLookupIn(Schema):
    id_number = Line(18, required=True)


class StaffLookupOut(Schema):
    """slip: for units, says name and masked number for ten minutes."""

    name = ma.fields.String()
    slip = ma.fields.String()


class UnitNamedIn(Schema):
    unit_name = Line(200, required=True)
    credit_code = Line(18, required=True)


class StaffListIn(UnitNamedIn):
    image_code_id = ma.fields.UUID(required=True)
    image_code = Line(20, required=True)


class StaffChoiceOut(Schema):
    """name: the last character only."""

    id = ma.fields.UUID()
    name = ma.fields.String()


class StaffListOut(Schema):
    items = ma.fields.List(ma.fields.Nested(StaffChoiceOut))


class UnitRecoveryIn(UnitNamedIn):
    staff_id = ma.fields.UUID(required=True)
    id_number = Line(18, required=True)
    new_password = Password(required=True)


class UnitRecoveredOut(Schema):
    username = ma.fields.String()


@blp.post("/staff-lookups")
@blp.arguments(StaffLookupIn)
@blp.response(200, StaffLookupOut)
def look_up(body: dict[str, str]) -> dict[str, str]:
    """The registered person with this number, for a unit that links its staff; refuses `person_not_registered`."""
    who = actor_of(Kind.UNIT)
    who.require("unit.manage")
    guard.count_try(f"staff:{who.account_id}", limit=lockout.PER_ADDRESS, code="too_many_tries", now=clock.now())
    with transaction() as session:
        found = queries.person_of_number(session, CITIZEN, body["id_number"])
        if found is None or found.kind != Kind.PERSON or found.state != State.ACTIVE:
            raise NotFound("person_not_registered")
        audit.record(session, "searched", actor=who, person_id=found.id, subject=found.id, purpose="staff")
        name, number = str(found.personal.get("name", "")), str(found.personal.get("id_number", ""))
        said = {"account_id": str(found.id), "unit_id": str(who.unit_id), "name": name}
    slip = service().signer.sign(STAFF, said | {"id_number": masked("id_number", number)}, seconds=_SECONDS)
    return {"name": name, "slip": slip}


@blp.post("/unit-recoveries/staff")
@blp.arguments(StaffListIn)
@blp.response(200, StaffListOut)
@public
def list_staff(body: dict[str, Any]) -> dict[str, Any]:
    """Of whom one is to be chosen; a wrong name or code is refused as everything else that is wrong."""
    if not guard.image_is_right(body.pop("image_code_id"), body.pop("image_code"), now=clock.now()):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    named = Named(**body)
    _count(named)
    with transaction() as session:
        found = unit_recovery.staff_of(session, named)
    if not found:
        raise RuleBroken("recovery_refused")
    _uncount(named)
    return {"items": [{"id": link_id, "name": "*" * (len(name) - 1) + name[-1:]} for link_id, name in found]}


@blp.post("/unit-recoveries")
@blp.arguments(UnitRecoveryIn)
@blp.response(200, UnitRecoveredOut)
@public
def recover(body: dict[str, Any]) -> dict[str, Any]:
    """A new password for the unit; what of name, code and number is wrong is not told (S4b-07)."""
    new, policy = body.pop("new_password"), settings().policy
    ensure(passwords.objections(new, username="", path="new_password", profile=policy.password_profile))
    named = Named(**body)
    _count(named)
    with transaction() as session:
        username = unit_recovery.recover(session, named, new, policy=policy)
    if username is None:
        raise RuleBroken("recovery_refused")
    with own_transaction() as session:
        for key in _limits(named):
            tries.forget(session, key)
    return {"username": username}


def _count(named: Named) -> None:
    """Five failures for a code close the function to who failed, for as long as the installation says.

    Name and code of a unit are known to everybody, so a few wrong numbers from elsewhere must not close it to the
    owner; what many addresses may try together stays bounded, and code by mail and department are other ways then.
    """
    now, window = clock.now(), timedelta(minutes=settings().policy.recovery_lock_minutes)
    guard.count_try(f"address:{counted_address()}", limit=lockout.PER_ADDRESS, code="too_many_tries", now=now)
    for key, limit in _limits(named).items():
        guard.count_try(key, limit=limit, code="recovery_locked", now=now, window=window)


def _uncount(named: Named) -> None:
    with own_transaction() as session:
        for key in _limits(named):
            tries.give_back(session, key)


def _limits(named: Named) -> dict[str, int]:
    """How many failures an address has for this code, and how many all of them have together."""
    key = f"unit-recovery:{named.credit_code.upper()}"
    return {f"{key}:{counted_address()}": lockout.PER_ACCOUNT, key: lockout.RECOVERIES_PER_CODE}
