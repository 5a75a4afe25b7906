"""The personnel office's work on a plan: numbers of applicants, statistics, roster (S4k-05)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import numbering
from shenbao_applications.api import presenting, schemas
from shenbao_applications.api.sheets import MOST_ROWS, signed
from shenbao_applications.domain.received import LEVELS
from shenbao_applications.domain.tabs import counts
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, packs
from shenbao_applications.queries import numbering as queries
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("numbering", __name__, url_prefix="/v1/projects/<uuid:project_id>", description="Applicants of a plan.")

_COLUMNS = {
    "number": "申报者编号",
    "reference": "材料编号",
    "person": "姓名",
    "unit": "单位名称",
    "level": "级别",
    "variant": "申报类别",
    "status": "状态",
}


class NumberedOut(Schema):
    """numbered: how many applicants of the plan have a number; these are 1 to as many."""

    numbered = ma.fields.Integer()


class StatisticsOut(NumberedOut):
    """tabs: how many applications each tab holds, within what the office reads."""

    tabs = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class PartQuery(Schema):
    """after: `next` of the part before."""

    after = ma.fields.String(load_default=None, validate=validate.Length(max=4000))


@blp.post("/numbering")
@blp.response(200, NumberedOut)
def assign(project_id: UUID) -> Mapping[str, int]:
    """Number the applicants who have reported; who has a number keeps it."""
    who = actor_with("project.publish")
    with transaction() as session:
        project = queries.own_project(session, project_id, who, lock=True)
        return {"numbered": numbering.assign(session, project)}


@blp.get("/statistics")
@blp.response(200, StatisticsOut)
def show_statistics(project_id: UUID) -> Mapping[str, Any]:
    """How many applications of the plan stand where, and how many are numbered."""
    who = actor()
    with transaction() as session:
        project = queries.own_project(session, project_id, who)
        by_status = applications.statuses_by_project(session, who, [project.id])
        return {"numbered": queries.last(session, project.id), "tabs": counts(by_status.get(project.id, {}))}


@blp.get("/roster-sheet")
@blp.response(200, schemas.SheetOut)
def show_roster(project_id: UUID) -> Mapping[str, str]:
    """The roster of the numbered applicants (申报名册), for documents to write as a workbook; at most 2,000 rows."""
    part = _part(project_id, None)
    if part["next"]:
        raise RuleBroken("invalid", Problem("too_many", "", {"limit": MOST_ROWS}))
    return part


@blp.get("/roster-parts")
@blp.arguments(PartQuery, location="query")
@blp.response(200, schemas.SheetPartOut)
def show_roster_part(query: Mapping[str, Any], project_id: UUID) -> Mapping[str, Any]:
    """The applicants of the next 2,000 numbers."""
    return _part(project_id, query["after"])


def _part(project_id: UUID, after: str | None) -> Mapping[str, Any]:
    who = actor_with("application.export")
    with transaction() as session:
        project = queries.own_project(session, project_id, who)
        part = queries.roster(session, project.id, who, after=after, limit=MOST_ROWS)
        table = [[str(number), *_line(session, row, who)] for number, row in part.items]
        title = f"{project.name}申报名册"[:200]
    columns = [{"key": key, "label": label} for key, label in _COLUMNS.items()]
    named = {"account_id": str(who.account_id), "kind": "roster", "title": title}
    return {**signed({**named, "columns": columns, "rows": table}), "next": part.next}


def _line(session: Any, row: Application, who: Actor) -> list[str]:
    pack = packs.of(session, row)
    item = presenting.item(row, pack, who)
    level = LEVELS.get(row.project.tier, {}).get("zh", "")
    variant = (pack.variant(row.variant) or {}).get("zh", "")
    return [row.reference, item["person_name"], item["unit_name"], level, variant, item["status_label"]["zh"]]
