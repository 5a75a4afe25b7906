"""The list of received applications as a table with columns of one's own choice (S4a-06)."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.sheets import MOST_ROWS, signed
from shenbao_applications.domain import printing, reading
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.pack.form_places import form_field
from shenbao_applications.domain.received import COLUMNS, LEVELS, SORTS
from shenbao_applications.domain.tabs import ALL, TABS
from shenbao_applications.models import Application
from shenbao_applications.queries import packs, received
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_common.web.auth import actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text

blp = Blueprint("tables", __name__, url_prefix="/v1/applications", description="Tables of received applications.")

_MOST_COLUMNS = 40


class TableIn(Schema):
    """columns: in the order of the table; those of `GET …/table-columns`, or places of the form (`section.field`)
    where all rows are of one programme. sort: keys in turn. ids: only these; without sort in their order.
    """

    columns = ma.fields.List(Text(200), required=True, validate=validate.Length(1, _MOST_COLUMNS))
    sort = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(SORTS)), load_default=list, validate=validate.Length(max=len(SORTS))
    )
    descending = ma.fields.Boolean(load_default=False)
    title = Text(60, load_default="申报材料名单")
    ids = ma.fields.List(ma.fields.UUID(), load_default=None, validate=validate.Length(1, MOST_ROWS))
    project_id = ma.fields.UUID(load_default=None)
    programme = Text(60, load_default=None)
    variant = Text(60, load_default=None)
    status = ma.fields.List(ma.fields.String(validate=validate.OneOf(ALL)), load_default=None)
    tab = ma.fields.String(load_default=None, validate=validate.OneOf(list(TABS)))
    q = Text(100, low=0, load_default=None)


class ColumnOut(schemas.NamedOut):
    """A column that every table may have."""

    key = ma.fields.String()


class ColumnsOut(Schema):
    """sorts: keys by which lists and tables may be sorted."""

    items = ma.fields.List(ma.fields.Nested(ColumnOut))
    sorts = ma.fields.List(ma.fields.String())


@blp.get("/table-columns")
@blp.response(200, ColumnsOut)
def list_columns() -> Mapping[str, Any]:
    """What a table may show whatever the programme."""
    actor_with("application.export")
    return {"items": [{"key": key, **names} for key, names in COLUMNS.items()], "sorts": SORTS}


@blp.post("/table-sheet")
@blp.arguments(TableIn)
@blp.response(200, schemas.SheetOut)
def show(body: dict[str, Any]) -> Mapping[str, str]:
    """A table of the filtered list, at most 2,000 rows, for documents to write as a workbook."""
    who = actor_with("application.export")
    with transaction() as session:
        order = received.Order(body["sort"], body["descending"])
        part = received.sorted_page(session, who, body, order, after=None, limit=MOST_ROWS)
        if part.next:
            raise RuleBroken("invalid", Problem("too_many", "", {"limit": MOST_ROWS}))
        if body["ids"] and not body["sort"]:
            by_id = {row.id: row for row in part.items}
            rows = [by_id[one] for one in dict.fromkeys(body["ids"]) if one in by_id]
        else:
            rows = list(part.items)
        claims = table_claims(session, rows, body, who)
    return signed(claims)


def table_claims(session: Session, rows: Sequence[Application], body: Mapping[str, Any], who: Actor) -> dict[str, Any]:
    columns = _columns(session, rows, body["columns"])
    table = [_line(session, row, body["columns"], who) for row in rows]
    named = {"account_id": str(who.account_id), "kind": "table", "title": body["title"]}
    return {**named, "columns": columns, "rows": table}


def _columns(session: Session, rows: Sequence[Application], wanted: Sequence[str]) -> list[dict[str, str]]:
    """Their names; refuses what is neither a column of all tables nor a place of the rows' one programme."""
    programmes = {row.programme for row in rows}
    pack = packs.of(session, rows[0]) if len(programmes) == 1 else None
    found, problems = [], []
    for number, key in enumerate(wanted):
        name = COLUMNS[key]["zh"] if key in COLUMNS else _place_name(pack, key)
        if name is None:
            problems.append(Problem("unknown_choice", f"columns.{number}"))
        else:
            found.append({"key": key, "label": name})
    ensure(problems)
    return found


def _place_name(pack: Pack | None, key: str) -> str | None:
    if pack is None or key.count(".") not in (1, 2):
        return None
    field = form_field(dict(pack.document), key)
    return str(field["zh"]) if field and field["type"] != "rows" else None


def _line(session: Session, row: Application, wanted: Sequence[str], who: Actor) -> list[str]:
    pack = packs.of(session, row)
    item = presenting.item(row, pack, who)
    current = item["current"] or {}
    common = {
        "reference": row.reference,
        "person": item["person_name"],
        "unit": item["unit_name"],
        "level": LEVELS.get(row.project.tier, {}).get("zh", ""),
        "variant": (pack.variant(row.variant) or {}).get("zh", ""),
        "project": row.project.name,
        "year": str(row.project.year),
        "status": item["status_label"]["zh"],
        "step": current.get("zh", ""),
        "office": current.get("organisation_name", ""),
        "reported_at": f"{row.reported_at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}" if row.reported_at else "",
    }
    seen = reading.part(row.sections, presenting.seen_of(row, pack, who))
    return printing.summary_row(pack, [{"value": key} for key in wanted], seen, common)
