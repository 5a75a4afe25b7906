"""Applications: fill in, list, delete."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_applications.actions import analyses, drafts
from shenbao_applications.actions.desk import Desk, Result
from shenbao_applications.api import operations, presenting, schemas
from shenbao_applications.api.profiles import profile_of
from shenbao_applications.domain.tabs import COUNT_BOUND, SORT_BOUND, counts
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, comparison, lists, packs, received, routes
from shenbao_applications.queries.received import Order
from shenbao_common.data.paging import Page
from shenbao_common.web import auditing, preferring
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import received_at, transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.service import service

blp = Blueprint("applications", __name__, url_prefix="/v1/applications", description="Applications and their status.")

RECEIPT = "shenbao-receipt+jwt"


def desk() -> Desk:
    """The desk of this request: it counts from when it came in; receipts are verified with the keys of documents."""
    keys = service().keys_of("documents")
    return Desk(actor(), received_at(), lambda text: keys.verify(RECEIPT, text))


@blp.post("")
@blp.arguments(schemas.ApplicationIn)
@blp.response(201, schemas.ApplicationOut)
def create(body: dict[str, Any]) -> Mapping[str, Any]:
    """Begin an application in a project, with as much filled in as there is. `Prefer: return=minimal`: without form."""
    actor_with("application.fill")
    with transaction() as session:
        brought = drafts.Brought(
            accepted=body["accepted"],
            profile=profile_of(body["profile"]),
            analysis=_analysis(session, body["analysis"]),
        )
        row = drafts.create(session, body["project_id"], body["sections"], desk=desk(), brought=brought)
        return _changed(session, applications.just_begun(row))


@blp.get("")
@blp.arguments(schemas.ApplicationQuery, location="query")
@blp.response(200, schemas.ApplicationList)
def list_all(query: dict[str, Any]) -> Mapping[str, Any]:
    """Applications that the actor may read, filtered, newest first or by several keys (S4a-06).

    `sort` orders the newest 10,000 of a longer list; `POST /v1/applications/table-parts` gives it whole.
    """
    with transaction() as session:
        found = _found(session, query)
        items = [_line(session, row) for row in found.items]
    return {"items": items, "next": found.next}


@blp.get("/counts")
@blp.arguments(schemas.Filters, location="query")
@blp.alt_response(
    200, schema=ma.Schema.from_dict({n: ma.fields.Integer() for n in ("bound", "sorted")}, name="CountsOut")
)
def count(query: dict[str, Any]) -> ResponseReturnValue:
    """How many each tab holds under the same filters; a number that equals `bound` means that many or more.

    sorted: a sorted list brings the newest of so many.
    """
    with transaction() as session:
        by_status = lists.counts_by_status(session, actor(), query)
    return jsonify({**counts(by_status), "bound": COUNT_BOUND, "sorted": SORT_BOUND})


@blp.get("/<uuid:application_id>")
@blp.response(200, schemas.ApplicationOut)
def show(application_id: UUID) -> Mapping[str, Any]:
    """One application with its form, what is missing, and what the actor may do."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        auditing.note_read(row.filler_id, subject=row.id)
        return _whole(session, row)


@blp.get("/<uuid:application_id>/comparison")
@blp.response(200, schemas.ComparisonOut)
def compare(application_id: UUID) -> Mapping[str, Any]:
    """Old and new values of what was changed after a return; not found while nothing was reported again (B-02)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        auditing.note_read(row.filler_id, subject=row.id)
        snapshots = comparison.corrected(session, row)
        pack = packs.of(session, row)
        return presenting.comparison(pack, snapshots, presenting.seen_of(row, pack, actor()))


@blp.get("/<uuid:application_id>/route")
@blp.response(200, schemas.RouteOut)
def foresee(application_id: UUID) -> Mapping[str, Any]:
    """The way that the application will take when it is reported now: each step with its body, or what is missing."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        return presenting.route(routes.foreseen(session, row, packs.of(session, row)))


@blp.put("/<uuid:application_id>/sections")
@blp.arguments(schemas.SectionsIn)
@blp.response(200, schemas.ApplicationOut)
def save_whole(body: dict[str, Any], application_id: UUID) -> Mapping[str, Any]:
    """Save all tabs at once; what is not given is empty afterwards. `Prefer: return=minimal`: without form."""
    return _save(body, application_id, whole=True)


@blp.patch("/<uuid:application_id>/sections")
@blp.arguments(schemas.SectionsIn)
@blp.response(200, schemas.ApplicationOut)
def save_part(body: dict[str, Any], application_id: UUID) -> Mapping[str, Any]:
    """Save some fields, for example an attachment uploaded later; null empties a field. `Prefer` as for all tabs."""
    return _save(body, application_id, whole=False)


@blp.delete("/<uuid:application_id>")
@blp.response(204)
def delete(application_id: UUID) -> None:
    """Delete an application that was never reported."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        ensure_match(row)
        drafts.delete(session, row, desk=desk())


@blp.post("/deletions")
@blp.arguments(schemas.IdsIn)
@blp.response(200, schemas.ResultsOut)
def delete_many(body: dict[str, Any]) -> Mapping[str, Any]:
    """Delete ticked applications; those that were ever reported are refused one by one (S4g-17)."""
    with transaction() as session:
        results = drafts.delete_many(session, list(dict.fromkeys(body["ids"])), desk=desk())
    return {"results": results_of(results, done="deleted")}


def _found(session: Any, query: dict[str, Any]) -> Page[Application]:
    paged = {"after": query["after"], "limit": query["limit"]}
    if query["sort"]:
        return received.sorted_page(session, actor(), query, Order(query["sort"], query["descending"]), **paged)
    return lists.listed(session, actor(), query, **paged)


def _analysis(session: Any, analysis_id: UUID | None) -> Mapping[str, Any] | None:
    """What an analysis of the caller found."""
    if analysis_id is None:
        return None
    found: Mapping[str, Any] = analyses.own(session, analysis_id, actor=actor(), now=received_at()).result
    return found


def results_of(results: Sequence[Result], *, done: str) -> list[dict[str, Any]]:
    """Results of a batch in the order of its ids."""
    return [_result(result, done) for result in results]


def _result(result: Result, done: str) -> dict[str, Any]:
    if result.refused is None:
        return {"id": result.application_id, "result": done}
    errors = [presenting.vars_of(p) for p in result.refused.problems]
    return {
        "id": result.application_id,
        "reference": result.reference,
        "result": "refused",
        "code": result.refused.code,
        "params": result.refused.params,
        "errors": errors,
    }


def _save(body: dict[str, Any], application_id: UUID, *, whole: bool) -> Mapping[str, Any]:
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        ensure_match(row)
        drafts.save(session, row, body["sections"], whole=whole, desk=desk(), confirmed=body["confirmed"])
        return _changed(session, row)


def _line(session: Any, row: Application) -> Mapping[str, Any]:
    pack = packs.of(session, row)
    return {**presenting.item(row, pack, actor()), "operations": operations.of(row, pack, actor())}


def _changed(session: Any, row: Application) -> Mapping[str, Any]:
    """The whole, or the line of a list where nobody asks for more."""
    if preferring.minimal():
        return presenting.item(tagged(row), packs.of(session, row), actor())
    return _whole(session, row)


def _whole(session: Any, row: Application) -> Mapping[str, Any]:
    pack = packs.of(session, row)
    agreed = applications.commitments_of(session, row.id) if pack.document.get("commitments") else ()
    shown = presenting.whole(tagged(row), pack, actor(), agreed)
    shown["reconsideration"] = applications.reconsideration_of(session, row)
    return {**shown, "operations": operations.of(row, pack, actor())}
