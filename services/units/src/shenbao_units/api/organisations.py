"""The organisation tree, and the departments that everybody can choose from."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.web.auth import actor, actor_with, public
from shenbao_common.web.edge import transaction
from shenbao_units import queries
from shenbao_units.actions import organisations
from shenbao_units.actions.organisations import Wanted
from shenbao_units.api.schemas import (
    DepartmentPage,
    DepartmentQuery,
    OrganisationChange,
    OrganisationIn,
    OrganisationOut,
    OrganisationPage,
    OrganisationQuery,
)
from shenbao_units.models import Organisation

CODE_DIGITS = "shenbao_units.code_digits"
"""Where the app keeps the coding rule: how many digits follow the parent's code, 0 for codes that are chosen freely."""

blp = Blueprint("organisations", __name__, url_prefix="/v1", description="Bureaus and departments.")


@blp.get("/departments")
@public
@blp.arguments(DepartmentQuery, location="query")
@blp.response(200, DepartmentPage)
def list_departments(query: dict[str, Any]) -> Page[Organisation]:
    """Departments that employers can register under, by name."""
    with transaction() as session:
        return queries.departments(session, **query)


@blp.get("/organisations")
@blp.arguments(OrganisationQuery, location="query")
@blp.response(200, OrganisationPage)
def list_organisations(query: dict[str, Any]) -> Page[Organisation]:
    """Nodes of the tree by code."""
    who = actor()
    with transaction() as session:
        return queries.organisations(session, root_id=_root(who), **query)


@blp.get("/organisations/<uuid:organisation_id>")
@blp.response(200, OrganisationOut)
def show(organisation_id: UUID) -> Organisation:
    """One node."""
    who = actor()
    with transaction() as session:
        if root := _root(who):
            queries.ensure_in_tree_of(session, organisation_id, root)
        return queries.organisation(session, organisation_id)


@blp.post("/organisations")
@blp.arguments(OrganisationIn)
@blp.response(201, OrganisationOut)
def create(body: dict[str, Any]) -> Organisation:
    """Adds a node; with a coding rule the code may be left out."""
    who = actor_with("organisation.manage")
    with transaction() as session:
        return organisations.create(session, Wanted(**body), actor=who, digits=_digits(), now=clock.now())


@blp.patch("/organisations/<uuid:organisation_id>")
@blp.arguments(OrganisationChange)
@blp.response(200, OrganisationOut)
def revise(body: dict[str, bool], organisation_id: UUID) -> Organisation:
    """Demands an authorization letter of units below it, or no longer does; what is set last holds."""
    who = actor_with("organisation.manage")
    with transaction() as session:
        row = _to_change(session, who, organisation_id)
        organisations.demand_letter(row, demanded=body["demands_letter"], actor=who)
        return row


@blp.delete("/organisations/<uuid:organisation_id>")
@blp.response(204)
def cancel(organisation_id: UUID) -> ResponseReturnValue:
    """Takes an empty organisation out of the tree (S4i-05)."""
    who = actor_with("organisation.manage")
    with transaction() as session:
        organisations.cancel(session, _to_change(session, who, organisation_id), actor=who, now=clock.now())
    return ""


def _to_change(session: Session, who: Actor, organisation_id: UUID) -> Organisation:
    if root := _root(who):
        queries.ensure_in_tree_of(session, organisation_id, root)
    return queries.organisation_to_change(session, organisation_id)


def _root(who: Actor) -> UUID | None:
    """Offices see their own organisation and what is below it, nothing beside or above (S4i-03)."""
    return who.organisation_id if who.kind is Kind.OFFICE else None


def _digits() -> int:
    digits: int = current_app.extensions[CODE_DIGITS]
    return digits
