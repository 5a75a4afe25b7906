"""Decisions on thousands of cases as one operation: begun, watched, stopped, read."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery
from shenbao_review.actions import batches
from shenbao_review.actions.decisions import Verdict
from shenbao_review.api.batch_schemas import (
    OperationIn,
    OperationOut,
    OperationsOut,
    ResultsOut,
    ResultsQuery,
)
from shenbao_review.domain.states import Action
from shenbao_review.models import Batch
from shenbao_review.queries import batches as batch_queries

blp = Blueprint("batches", __name__, url_prefix="/v1/batches", description="One decision for many cases.")


@blp.post("")
@blp.arguments(OperationIn)
@blp.response(201, OperationOut)
def begin(body: dict[str, Any]) -> Batch:
    """Begin a decision on up to 5,000 cases; the workers carry it out, each case by its own rules (B-07)."""
    caller = actor_of(Kind.OFFICE)
    now = current_app.extensions["clock"]()
    verdict = Verdict(actor=caller, action=Action(body["action"]), opinion=body["opinion"], now=now)
    chosen = batches.Chosen(ids=body["ids"], versions=body["versions"], project_id=body["project_id"])
    with transaction() as session:
        return batches.begin(session, chosen, verdict)


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OperationsOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """The batches of the caller's office, the latest first."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        found = batch_queries.batches_page(session, caller.organisation_id, **query)
    return {"items": found.items, "next": found.next}


@blp.get("/<uuid:batch_id>")
@blp.response(200, OperationOut)
def show(batch_id: UUID) -> Batch:
    """How far a batch has come."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        return batch_queries.batch_of(session, batch_id, caller.organisation_id)


@blp.get("/<uuid:batch_id>/results")
@blp.arguments(ResultsQuery, location="query")
@blp.response(200, ResultsOut)
def results(query: dict[str, Any], batch_id: UUID) -> dict[str, Any]:
    """What became of each case."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        batch = batch_queries.batch_of(session, batch_id, caller.organisation_id)
        found = batch_queries.results_page(session, batch, **query)
    return {"items": found.items, "next": found.next}


@blp.post("/<uuid:batch_id>/stop")
@blp.response(200, OperationOut)
def stop(batch_id: UUID) -> Batch:
    """Stop a batch: what is decided stays so, the rest is left as it is."""
    caller = actor_of(Kind.OFFICE)
    now = current_app.extensions["clock"]()
    with transaction() as session:
        batch = batch_queries.batch_of(session, batch_id, caller.organisation_id, held=True)
        batches.stop(session, batch, now=now)
        return batch
