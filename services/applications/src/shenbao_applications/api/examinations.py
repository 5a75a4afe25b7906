"""Qualification examination (资格审查): the list of a unit, with its roster and its publicity table."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.sheets import MOST_ROWS, signed, summary_row
from shenbao_applications.domain.pack import titles
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.pack.vocabulary import PUBLICITY_TABLE
from shenbao_applications.domain.tabs import COUNT_BOUND
from shenbao_applications.models import Application, Project
from shenbao_applications.queries import examinations, packs
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("examinations", __name__, url_prefix="/v1/examinations", description="What a unit examines.")


class ProgrammeQuery(Schema):
    programme = Text(60, required=True)


class ExaminationFilters(ProgrammeQuery):
    """All together. publisher_id: the accepting department; q: a piece of the name, or of the ID number."""

    year = ma.fields.Integer(load_default=None, validate=validate.Range(2000, 2100))
    project_id = ma.fields.UUID(load_default=None)
    publisher_id = ma.fields.UUID(load_default=None)
    q = Text(60, low=0, load_default="")


class ExaminationQuery(ExaminationFilters, PageQuery):
    tab = ma.fields.String(load_default="open", validate=validate.OneOf(examinations.TABS))


class SheetQuery(ExaminationFilters):
    tab = ma.fields.String(load_default=examinations.ALL, validate=validate.OneOf(examinations.TABS))
    kind = ma.fields.String(required=True, validate=validate.OneOf(["roster", PUBLICITY_TABLE]))


class SheetPartQuery(SheetQuery):
    """after: `next` of the part before."""

    after = ma.fields.String(load_default=None, validate=validate.Length(max=4000))


class ExaminationOut(schemas.ApplicationItemOut):
    """A line of the list. state: of the unit's own step; title: the title declared with its level."""

    step_id = ma.fields.UUID()
    state = ma.fields.String()
    year = ma.fields.Integer()
    publisher_id = ma.fields.UUID()
    publisher_name = ma.fields.String()
    variant_label = ma.fields.Nested(schemas.NamedOut)
    title = ma.fields.Nested(schemas.NamedOut, allow_none=True)


class ExaminationsOut(Schema):
    """One page, what came last first."""

    items = ma.fields.List(ma.fields.Nested(ExaminationOut))
    next = ma.fields.String(allow_none=True)


class ExaminationCountsOut(Schema):
    """all: open, passed and failed together, without return records; bound: that many or more."""

    open = ma.fields.Integer()
    passed = ma.fields.Integer()
    failed = ma.fields.Integer()
    returned = ma.fields.Integer()
    all = ma.fields.Integer()
    bound = ma.fields.Integer()


class PlanOut(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    year = ma.fields.Integer()
    publisher_id = ma.fields.UUID()
    publisher_name = ma.fields.String()


class PlansOut(Schema):
    """What the filters offer, the latest first."""

    items = ma.fields.List(ma.fields.Nested(PlanOut))


@blp.get("")
@blp.arguments(ExaminationQuery, location="query")
@blp.response(200, ExaminationsOut)
def index(query: dict[str, Any]) -> Mapping[str, Any]:
    """The applications of the unit's people under a tab."""
    caller = _unit()
    with transaction() as session:
        found = examinations.examined_page(session, caller, query)
        return {"items": [_line(session, row) for row in found.items], "next": found.next}


@blp.get("/counts")
@blp.arguments(ExaminationFilters, location="query")
@blp.response(200, ExaminationCountsOut)
def count(query: dict[str, Any]) -> Mapping[str, Any]:
    """How many each tab holds under the same filters."""
    caller = _unit()
    with transaction() as session:
        return {**examinations.counts(session, caller, query), "bound": COUNT_BOUND}


@blp.get("/plans")
@blp.arguments(ProgrammeQuery, location="query")
@blp.response(200, PlansOut)
def plans(query: dict[str, Any]) -> Mapping[str, Any]:
    """The plans that the unit's people declared for."""
    caller = _unit()
    with transaction() as session:
        return {"items": [_plan(row) for row in examinations.projects(session, caller, query["programme"])]}


@blp.get("/sheet")
@blp.arguments(SheetQuery, location="query")
@blp.response(200, schemas.SheetOut)
def sheet(query: dict[str, Any]) -> Mapping[str, str]:
    """The roster, or the publicity table, of the filtered list in its order (S1-40, S1-41)."""
    return _part(query | {"after": None}, whole=True)


@blp.get("/sheet-parts")
@blp.arguments(SheetPartQuery, location="query")
@blp.response(200, schemas.SheetPartOut)
def sheet_part(query: dict[str, Any]) -> Mapping[str, Any]:
    """The next 2,000 rows of the same."""
    return _part(query)


def _part(query: Mapping[str, Any], *, whole: bool = False) -> Mapping[str, Any]:
    caller = _unit()
    caller.require("application.export")
    with transaction() as session:
        part = examinations.examined(session, caller, query, after=query["after"], limit=MOST_ROWS)
        if whole and part.next:
            raise RuleBroken("invalid", Problem("too_many", "", {"limit": MOST_ROWS}))
        latest = examinations.examined(session, caller, query, after=None, limit=1) if query["after"] else part
        document = _document(session, latest.items, query)
        table = [summary_row(session, row, document["columns"], caller) for row in part.items]
    columns = [{"key": c["key"], "label": c["zh"]} for c in document["columns"]]
    named = {"account_id": str(caller.account_id), "kind": query["kind"], "title": document["zh"]}
    return {**signed({**named, "columns": columns, "rows": table}), "next": part.next}


def _unit() -> Actor:
    return actor_of(Kind.UNIT)


def _document(session: Session, rows: Sequence[Application], query: Mapping[str, Any]) -> Mapping[str, Any]:
    """By the pack of the latest one listed; without any by the pack in force."""
    version = packs.latest(session, query["programme"])
    pack = packs.pack(session, rows[0].version_id) if rows else packs.pack(session, version.id) if version else None
    document = pack.document_of_kind(query["kind"]) if pack else None
    if document is None:
        raise NotFound
    return document


def _line(session: Session, found: Any) -> dict[str, Any]:
    row: Application = found[0]
    pack = packs.of(session, row)
    return {
        **presenting.item(row, pack, actor()),
        "step_id": found.step_id,
        "state": found.step_state,
        "year": row.project.year,
        "publisher_id": row.project.publisher_id,
        "publisher_name": row.project.publisher_name,
        "variant_label": pack.variant(row.variant) or {},
        "title": _title(pack, row),
    }


def _title(pack: Pack, row: Application) -> Mapping[str, str] | None:
    places = pack.document["list_columns"]
    found = (titles.short_of(pack.field(place), pack.value(row.sections, place)) for place in places)
    return next((title for title in found if title), None)


def _plan(row: Project) -> dict[str, Any]:
    return {word: getattr(row, word) for word in ("id", "name", "year", "publisher_id", "publisher_name")}
