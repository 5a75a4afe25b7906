"""The organisation tree, and the departments that everybody can choose from."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.web.auth import actor, actor_with, public
from shenbao_common.web.edge import transaction
from shenbao_units import queries
from shenbao_units.actions import organisations
from shenbao_units.api.schemas import (
    DepartmentPage,
    DepartmentQuery,
    OrganisationIn,
    OrganisationOut,
    OrganisationPage,
    OrganisationQuery,
)
from shenbao_units.models import Organisation

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
    actor()
    with transaction() as session:
        return queries.organisations(session, **query)


@blp.get("/organisations/<uuid:organisation_id>")
@blp.response(200, OrganisationOut)
def show(organisation_id: UUID) -> Organisation:
    """One node."""
    actor()
    with transaction() as session:
        return queries.organisation(session, organisation_id)


@blp.post("/organisations")
@blp.arguments(OrganisationIn)
@blp.response(201, OrganisationOut)
def create(body: dict[str, Any]) -> Organisation:
    """Adds a node."""
    actor_with("organisation.manage")
    with transaction() as session:
        return organisations.create(session, **body, now=clock.now())
