"""Sheets: signed slips with what documents prints and exports, so that personal data never travels in events."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_applications.api import operations, presenting, schemas
from shenbao_applications.domain import printing, publicity, reading
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.pack.labels import label_of
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, lists, packs
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_common.web import auditing
from shenbao_common.web.auth import actor, actor_of, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service

blp = Blueprint("sheets", __name__, url_prefix="/v1/applications", description="What is printed and exported.")

SHEET = "shenbao-sheet+jwt"
PUBLICITY = "shenbao-publicity+jwt"
_SECONDS = 600
MOST_ROWS = 2000
SUMMARY = "summary_table"


@blp.get("/<uuid:application_id>/sheets/<kind>")
@blp.response(200, schemas.SheetOut)
def show_sheet(application_id: UUID, kind: str) -> Mapping[str, str]:
    """The official form of an application; before reporting it is printed with a watermark (S4g-20)."""
    who = actor()
    with transaction() as session:
        row = applications.application_of(session, application_id, who)
        pack = packs.of(session, row)
        ensure_printer(who)
        document = form_of(row, pack, kind, who)
        if document is None:
            raise NotFound
        if not operations.is_printable(row, pack, document):
            raise Conflict("not_printable_now", status=row.status)
        auditing.note_read(row.filler_id, subject=row.id)
        return signed({"account_id": str(who.account_id), **form_claims(row, pack, document)})


@blp.get("/summary-sheet")
@blp.arguments(schemas.Filters, location="query")
@blp.response(200, schemas.SheetOut)
def show_summary(query: dict[str, Any]) -> Mapping[str, str]:
    """The summary table of the filtered list in its order, at most 2,000 rows (S4g-19)."""
    who = actor_with("application.export")
    with transaction() as session:
        rows = lists.beginning(session, who, query, limit=MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise RuleBroken("invalid", Problem("too_many", "", {"limit": MOST_ROWS}))
        claims = summary_claims(session, rows, query, who)
    return signed(claims)


@blp.post("/publicity-sheet")
@blp.arguments(schemas.IdsIn)
@blp.response(200, schemas.SheetOut)
def show_publicity(body: dict[str, Any]) -> Mapping[str, str]:
    """What official publicity shows of these applications, for review to post (B-06)."""
    who = actor_of(Kind.OFFICE)
    with transaction() as session:
        query = applications.readable(who).where(Application.id.in_(body["ids"]))
        found = {row.id: row for row in session.scalars(query)}
        if len(found) < len(set(body["ids"])):
            raise NotFound
        rows = [_public(session, found[application_id]) for application_id in dict.fromkeys(body["ids"])]
    claims = {"account_id": str(who.account_id), "rows": rows}
    return {"sheet": service().signer.sign(PUBLICITY, claims, seconds=_SECONDS)}


def _public(session: Session, row: Application) -> dict[str, Any]:
    shown = publicity.shown(packs.of(session, row), row.sections)
    return {"application_id": str(row.id), "unit_name": row.unit.name if row.unit else "", **shown}


def ensure_printer(who: Actor) -> None:
    # Offices print what is in their queue without a tick (C3).
    if who.kind in {Kind.UNIT, Kind.SUB_ACCOUNT}:
        who.require("application.print")


def form_of(row: Application, pack: Pack, kind: str, who: Actor) -> Mapping[str, Any] | None:
    """The form of this kind that the actor may see whole of the application, None when there is none."""
    document = next((form for form in pack.forms(row.variant) if form["kind"] == kind), None)
    if document is None or not presenting.seen_of(row, pack, who).issuperset(document["sections"]):
        return None
    return document


def form_claims(row: Application, pack: Pack, document: Mapping[str, Any]) -> dict[str, Any]:
    variant = pack.variant(row.variant) or {}
    texts = printing.printed(pack, row.sections, variant=row.variant)
    return {
        "kind": document["kind"],
        "application_id": str(row.id),
        "revision": row.revision,
        "reported": pack.is_final(document, status=row.status, variant=row.variant),
        "unit_reported": Kind.UNIT in pack.accounts("report", row.variant),
        "print_hash": row.print_hash,
        "programme": row.programme,
        "version": row.project.version,
        "unit_id": str(row.unit_id),
        "filler_id": str(row.filler_id),
        "reference": row.reference,
        "title": document["zh"],
        "photo": printing.photo(pack, document, row.sections),
        "project_name": row.project.name,
        "publisher_name": row.project.publisher_name,
        "unit_name": row.unit.name if row.unit else "",
        "year": str(row.project.year),
        "variant_label": variant.get("zh", ""),
        "sections": {key: texts[key] for key in document["sections"]},
    }


def summary_claims(
    session: Session, rows: Sequence[Application], query: Mapping[str, Any], who: Actor
) -> dict[str, Any]:
    document = _summary_document(session, rows, query)
    table = [summary_row(session, row, document["columns"], who) for row in rows]
    columns = [{"key": c["key"], "label": c["zh"]} for c in document["columns"]]
    named = {"account_id": str(who.account_id), "kind": SUMMARY, "title": document["zh"]}
    return {**named, "columns": columns, "rows": table}


def _summary_document(session: Session, rows: Sequence[Application], query: Mapping[str, Any]) -> Mapping[str, Any]:
    """The summary table of the programme whose applications are listed; one table has the columns of one programme."""
    programmes = {row.programme for row in rows}
    key = query["programme"] or (programmes.pop() if len(programmes) == 1 else None)
    version = packs.latest(session, key) if key else None
    if version is None:
        raise RuleBroken("invalid", Problem("required", "programme"))
    document = packs.pack(session, version.id).document_of_kind(SUMMARY)
    if document is None:
        raise NotFound
    return document


def summary_row(session: Session, row: Application, columns: list[Mapping[str, Any]], who: Actor) -> list[str]:
    pack = packs.of(session, row)
    outside = {
        "application.reference": row.reference,
        "application.status": label_of(pack.document, row.status, who.kind)["zh"],
        "unit.name": row.unit.name if row.unit else "",
        "project.name": row.project.name,
        "project.year": str(row.project.year),
        "project.publisher": row.project.publisher_name,
    }
    seen = reading.part(row.sections, presenting.seen_of(row, pack, who))
    return printing.summary_row(pack, columns, seen, outside)


def signed(claims: Mapping[str, Any]) -> Mapping[str, str]:
    return {"sheet": service().signer.sign(SHEET, claims, seconds=_SECONDS)}
