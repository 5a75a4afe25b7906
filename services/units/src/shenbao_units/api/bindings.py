"""Persons and the units they belong to."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import ensure
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_units.actions import bindings
from shenbao_units.api.people_schemas import (
    BindingDecisionIn,
    BindingIn,
    BindingOut,
    BindingPage,
    OwnBindingOut,
    UnitBindingQuery,
)
from shenbao_units.api.slips import Slips
from shenbao_units.models import Binding
from shenbao_units.queries import bindings as binding_queries

blp = Blueprint("bindings", __name__, url_prefix="/v1/bindings", description="Persons and their units.")


@blp.get("/mine")
@blp.response(200, OwnBindingOut)
def show_mine() -> dict[str, Any]:
    """The unit that the calling person belongs to, and the one asked for."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        found = binding_queries.open_of(session, who.account_id)
    state = "active" if found["active"] else "pending" if found["pending"] else "none"
    return {"state": state, **found}


@blp.get("/mine/history")
@blp.arguments(PageQuery, location="query")
@blp.response(200, BindingPage)
def list_mine(query: dict[str, Any]) -> Page[Binding]:
    """Every unit that the person belonged to or asked for, the latest first (S4d-06)."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        return binding_queries.of_person(session, who.account_id, **query)


@blp.post("")
@blp.arguments(BindingIn)
@blp.response(201, BindingOut)
def ask(body: dict[str, Any]) -> Binding:
    """Asks a registered unit to take the person as its own (S3-05, S3-09)."""
    who = actor_of(Kind.PERSON)
    slips = Slips()
    person = slips.person(body["person"], "person", account_id=who.account_id)
    ensure(slips.problems)
    if person is None:
        raise AssertionError("a slip that is right names a person")
    with transaction() as session:
        return tagged(bindings.ask(session, person, unit_id=body["unit_id"], note=body["note"], now=clock.now()))


@blp.put("/<uuid:binding_id>/withdrawal")
@blp.response(200, BindingOut)
def withdraw(binding_id: UUID) -> Binding:
    """The person no longer asks."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        row = binding_queries.to_withdraw(session, who.account_id, binding_id)
        ensure_match(row)
        return tagged(bindings.withdraw(session, row, now=clock.now()))


@blp.get("")
@blp.arguments(UnitBindingQuery, location="query")
@blp.response(200, BindingPage)
def list_of_unit(query: dict[str, Any]) -> Page[Binding]:
    """The unit's people, or those who wait for its word."""
    who = _unit()
    with transaction() as session:
        return binding_queries.of_unit(session, who.unit_id, **query)


@blp.put("/<uuid:binding_id>/decision")
@blp.arguments(BindingDecisionIn)
@blp.response(200, BindingOut)
def decide(body: dict[str, Any], binding_id: UUID) -> Binding:
    """The unit takes the person, or refuses with a reason (S3-08)."""
    who = _unit()
    with transaction() as session:
        row = binding_queries.to_decide(session, who.unit_id, binding_id)
        ensure_match(row)
        approve = body["state"] == "active"
        return tagged(bindings.decide(session, row, approve=approve, reason=body["reason"], now=clock.now()))


def _unit() -> Actor:
    who = actor_of(Kind.UNIT)
    who.require("unit.manage")
    return who
