"""Committees of an office, its pool of experts, and declared relations."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_review.actions import committees, experts, results
from shenbao_review.api import committee_schemas as schemas
from shenbao_review.domain.decision import ASSIGN, PERMISSION
from shenbao_review.domain.states import Action
from shenbao_review.models import Committee, Expert, Relation
from shenbao_review.queries import committees as queries

blp = Blueprint("committees", __name__, url_prefix="/v1", description="Committees and experts.")


@blp.get("/committees")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.CommitteesOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """The committees that the caller's office runs, the latest first."""
    body_id = _office(actor_of(Kind.OFFICE))
    with transaction() as session:
        found = queries.committees_page(session, body_id, **query)
    return {"items": found.items, "next": found.next}


@blp.post("/committees")
@blp.arguments(schemas.CommitteeIn)
@blp.response(201, schemas.FormedOut)
def form(body: dict[str, Any]) -> dict[str, Any]:
    """Form a committee: cases of its programmes and groups that are the office's come to it."""
    body_id = _chief()
    with transaction() as session:
        return _formed(session, committees.form(session, body_id, committees.Charge(**body)))


@blp.get("/committees/<uuid:committee_id>")
@blp.response(200, schemas.FormedOut)
def show(committee_id: UUID) -> dict[str, Any]:
    body_id = _office(actor_of(Kind.OFFICE))
    with transaction() as session:
        return _formed(session, queries.committee_of(session, committee_id, body_id))


@blp.put("/committees/<uuid:committee_id>")
@blp.arguments(schemas.CommitteeIn)
@blp.response(200, schemas.FormedOut)
def change(body: dict[str, Any], committee_id: UUID) -> dict[str, Any]:
    """Change what it evaluates, or let it evaluate no more; demands If-Match."""
    body_id = _chief()
    with transaction() as session:
        committee = queries.committee_of(session, committee_id, body_id)
        ensure_match(committee)
        committees.change(session, committee, committees.Charge(**body))
        return _formed(session, committee)


@blp.post("/committees/<uuid:committee_id>/results")
@blp.arguments(schemas.ResultsIn)
@blp.response(200, schemas.ResultsTakenOut)
def take_in(body: dict[str, Any], committee_id: UUID) -> dict[str, int]:
    """Take in the results of a committee that sits elsewhere; a bad row is named, and then none counts."""
    body_id, caller = _chief(), actor()
    caller.require(PERMISSION[Action.PASS])
    with transaction() as session:
        committee = queries.committee_of(session, committee_id, body_id)
        now = current_app.extensions["clock"]()
        passed = results.take_in(session, committee, body["rows"], actor=caller, now=now)
    return {"passed": passed, "failed": len(body["rows"]) - passed}


@blp.get("/experts")
@blp.arguments(schemas.ExpertsQuery, location="query")
@blp.response(200, schemas.ExpertsOut)
def pool(query: dict[str, Any]) -> dict[str, Any]:
    """The pool of the caller's office."""
    body_id = _chief()
    with transaction() as session:
        found = queries.experts_page(session, body_id, **query)
    return {"items": found.items, "next": found.next}


@blp.post("/experts")
@blp.arguments(schemas.ExpertIn)
@blp.response(201, schemas.InvitedOut)
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Put somebody into the pool; the invitation is told once, and binds the account of whoever takes it up."""
    body_id = _chief()
    with transaction() as session:
        expert, invitation = experts.add(session, body_id, experts.Profile(**body))
        return {"expert_id": expert.expert_id, "invitation": invitation}


@blp.put("/experts/<uuid:expert_id>")
@blp.arguments(schemas.ExpertIn)
@blp.response(200, schemas.ExpertOut)
def correct(body: dict[str, Any], expert_id: UUID) -> Expert:
    """A new term, unit or specialties."""
    body_id = _chief()
    with transaction() as session:
        expert = queries.expert_of(session, expert_id, body_id)
        experts.change(session, expert, experts.Profile(**body))
        return expert


@blp.post("/experts/<uuid:expert_id>/invitation")
@blp.response(201, schemas.InvitedOut)
def invite(expert_id: UUID) -> dict[str, Any]:
    """A new invitation in place of the one before."""
    body_id = _chief()
    with transaction() as session:
        expert = queries.expert_of(session, expert_id, body_id)
        return {"expert_id": expert_id, "invitation": experts.invite(session, expert)}


@blp.post("/experts/<uuid:expert_id>/end")
@blp.response(200, schemas.ExpertOut)
def end(expert_id: UUID) -> Expert:
    """Draw the expert no more."""
    body_id = _chief()
    with transaction() as session:
        expert = queries.expert_of(session, expert_id, body_id)
        experts.end(expert, current_app.extensions["clock"]())
        return expert


@blp.post("/memberships")
@blp.arguments(schemas.MembershipIn)
@blp.response(201, schemas.MembershipOut)
def join(body: dict[str, Any]) -> Expert:
    """Take up an invitation: from now on the caller votes with this account."""
    caller = actor()
    with transaction() as session:
        return experts.join(session, body["invitation"], caller)


@blp.get("/relations")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.RelationsOut)
def relations(query: dict[str, Any]) -> dict[str, Any]:
    """What is declared of the caller."""
    caller = actor()
    with transaction() as session:
        found = queries.relations_page(session, caller.account_id, **query)
    return {"items": found.items, "next": found.next}


@blp.post("/relations")
@blp.arguments(schemas.RelationIn)
@blp.response(201, schemas.RelationOut)
def declare(body: dict[str, Any]) -> Relation:
    """Declare that the caller, or an expert of the office's pool, is related to an applicant or to a unit."""
    caller, expert_id, now = actor(), body.pop("expert_id"), current_app.extensions["clock"]()
    with transaction() as session:
        if expert_id:
            account_id = experts.account_of(queries.expert_of(session, expert_id, _chief()))
        else:
            account_id = experts.deciding(session, caller)
        return experts.declare(session, account_id, **body, actor=caller, now=now)


@blp.delete("/relations/<uuid:relation_id>")
@blp.response(204)
def withdraw(relation_id: UUID) -> None:
    """Take back what the caller declared."""
    caller = actor()
    with transaction() as session:
        experts.withdraw(session, relation_id, caller)


def _formed(session: Session, committee: Committee) -> dict[str, Any]:
    names = ("committee_id", "body_id", "name", "programmes", "groups", "active", "outside", "version")
    shown = {name: getattr(tagged(committee), name) for name in names}
    return shown | {"overlaps": queries.overlapping(session, committee)}


def _office(caller: Actor) -> UUID:
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    return caller.organisation_id


def _chief() -> UUID:
    """The office of who distributes its work."""
    caller = actor_of(Kind.OFFICE)
    caller.require(ASSIGN)
    return _office(caller)
