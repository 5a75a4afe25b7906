"""The performance archive (业绩档案): of a person, and as the person's unit verifies it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_applications.actions import archiving
from shenbao_applications.api import archive_schemas as schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.api.profiles import profile_of
from shenbao_applications.domain.archive import Action
from shenbao_applications.domain.archive_categories import Categories, Category
from shenbao_applications.domain.tabs import COUNT_BOUND
from shenbao_applications.models.archive import ArchiveEntry, ArchiveRecord, ArchiveVersion
from shenbao_applications.queries import archive
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery

blp = Blueprint("archive", __name__, url_prefix="/v1/archive", description="The performance archive.")

EXTENSION = "archive_categories"


def categories() -> Categories:
    found: Categories = current_app.extensions[EXTENSION]
    return found


@blp.get("/categories")
@blp.response(200, schemas.CategoriesOut)
def list_categories() -> Mapping[str, Any]:
    """Every form of the archive; who verifies is told besides how many records of each wait (S1-19)."""
    caller = _reader()
    found = categories().all
    waiting: Mapping[str, int] = {}
    with transaction() as session:
        if verifies := archiving.verifies(session, caller):
            waiting = archive.pending(session, caller, [category.key for category in found])
    items = [_category(c, waiting.get(c.key, 0)) for c in found]
    return {"items": items, "verifies": verifies, "bound": COUNT_BOUND}


@blp.get("/records")
@blp.arguments(schemas.ArchiveQuery, location="query")
@blp.response(200, schemas.RecordsOut)
def list_records(query: dict[str, Any]) -> Mapping[str, Any]:
    """A person: the own records. A unit: what its people handed in. A department: the same of self-declaring units."""
    caller = _reader()
    with transaction() as session:
        found = archive.records_page(session, caller, query, after=query["after"], limit=query["limit"])
        return {"items": [_item(record, _read_by(record, caller)[-1]) for record in found.items], "next": found.next}


@blp.get("/records/counts")
@blp.arguments(schemas.ArchiveFilters, location="query")
@blp.response(200, schemas.RecordCountsOut)
def count_records(query: dict[str, Any]) -> Mapping[str, Any]:
    """How many each tab holds under the same filters (S1-20)."""
    caller = _reader()
    with transaction() as session:
        return {**archive.counts(session, caller, query["category"], query["q"]), "bound": COUNT_BOUND}


@blp.post("/records")
@blp.arguments(schemas.RecordIn)
@blp.response(201, schemas.RecordOut)
def create(body: dict[str, Any]) -> Mapping[str, Any]:
    """Begin a record; it is a draft until it is handed in."""
    actor_of(Kind.PERSON)
    category = _known(body["category"])
    person = profile_of(body["profile"]) or {}
    with transaction() as session:
        record = archiving.begin(session, category, body["values"], person, desk=desk())
        return _whole(archive.record_of(session, record.id, desk().actor), desk().actor)


@blp.get("/records/<uuid:record_id>")
@blp.response(200, schemas.RecordOut)
def show(record_id: UUID) -> Mapping[str, Any]:
    """One record with its versions."""
    caller = _reader()
    with transaction() as session:
        return _whole(archive.record_of(session, record_id, caller), caller)


@blp.put("/records/<uuid:record_id>")
@blp.arguments(schemas.ValuesIn)
@blp.response(200, schemas.RecordOut)
def save(body: dict[str, Any], record_id: UUID) -> Mapping[str, Any]:
    """Save everything; of a record that was passed this makes the next version, which waits for the unit (S1-26)."""
    caller = actor_of(Kind.PERSON)
    with transaction() as session:
        record = archive.record_to_change(session, record_id, caller)
        ensure_match(record)
        archiving.save(session, record, _known(record.category), body["values"], desk=desk())
        return _whole(record, caller)


@blp.delete("/records/<uuid:record_id>")
@blp.response(204)
def delete(record_id: UUID) -> None:
    """Delete a draft that was never handed in."""
    caller = actor_of(Kind.PERSON)
    with transaction() as session:
        record = archive.record_to_change(session, record_id, caller)
        ensure_match(record)
        archiving.delete(session, record)


@blp.post("/records/<uuid:record_id>/submission")
@blp.response(200, schemas.RecordOut)
def submit(record_id: UUID) -> Mapping[str, Any]:
    """Hand a record in to the own unit."""
    caller = actor_of(Kind.PERSON)
    with transaction() as session:
        record = archive.record_to_change(session, record_id, caller)
        archiving.submit(session, record, _known(record.category), desk=desk())
        return _whole(record, caller)


@blp.get("/records/<uuid:record_id>/log")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.EntriesOut)
def log(query: dict[str, Any], record_id: UUID) -> Mapping[str, Any]:
    """What was done to a record, oldest first; nothing changes it (S1-25)."""
    caller = _reader()
    with transaction() as session:
        found = archive.log_page(session, archive.record_of(session, record_id, caller), **query)
        return {"items": [_entry(entry) for entry in found.items], "next": found.next}


@blp.post("/decisions")
@blp.arguments(schemas.DecisionsIn)
@blp.response(200, schemas.DecisionsOut)
def decide(body: dict[str, Any]) -> Mapping[str, Any]:
    """Pass, fail or return records; each has its own result (S1-24). A self-declaring unit: `department_verifies`."""
    _reader(Kind.UNIT, Kind.OFFICE)
    with transaction() as session:
        results = archiving.decide_all(session, body["ids"], Action(body["action"]), body["opinion"], desk=desk())
    return {
        "results": [
            {"id": r.application_id, "result": "refused", "code": r.refused.code, "params": r.refused.params}
            if r.refused
            else {"id": r.application_id, "result": "decided"}
            for r in results
        ]
    }


def _reader(*kinds: Kind) -> Actor:
    """Who reads or decides; an office with the tick of those who decide."""
    caller = actor_of(*(kinds or (Kind.PERSON, Kind.UNIT, Kind.OFFICE)))
    if caller.kind is Kind.OFFICE:
        caller.require("review.decide")
    return caller


def _known(key: str) -> Category:
    found = categories().get(key)
    if found is None:
        raise RuleBroken("invalid", Problem("unknown_choice", "category"))
    return found


def _category(category: Category, pending: int) -> dict[str, Any]:
    words = ("key", "zh", "en", "help", "columns", "fields")
    return {word: getattr(category, word) for word in words} | {"pending": pending}


def _read_by(record: ArchiveRecord, caller: Actor) -> list[ArchiveVersion]:
    """The owner reads also what is not handed in yet."""
    return record.versions if caller.kind is Kind.PERSON else record.handed_in


def _item(record: ArchiveRecord, said: ArchiveVersion) -> dict[str, Any]:
    return {
        "id": record.id,
        "category": record.category,
        "person": record.holder.person,
        "state": record.state,
        "number": said.number,
        "passed_number": record.passed_number,
        "version": record.version,
        "submitted_at": record.submitted_at,
        "values": said.values,
    }


def _whole(record: ArchiveRecord, caller: Actor) -> dict[str, Any]:
    read = _read_by(tagged(record), caller)
    versions = [{"number": v.number, "state": v.state, "values": v.values} for v in read]
    return _item(record, read[-1]) | {"versions": versions}


def _entry(entry: ArchiveEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "action": entry.action,
        "actor": entry.actor_name,
        "opinion": entry.opinion,
        "at": entry.at,
    }
