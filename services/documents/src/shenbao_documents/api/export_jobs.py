"""Tables that are too large to be written while somebody waits."""

from typing import Any
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask import Response
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema
from shenbao_documents.actions import exports, jobs
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.exports import WORKBOOK
from shenbao_documents.api.schemas import ExportOut, SheetIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain.tables import table_of
from shenbao_documents.models import Export

blp = Blueprint("export-jobs", __name__, url_prefix="/v1/export-jobs", description="Large workbooks, written later.")
blp.before_request(limits.allow_tables)


class FirstSheetIn(SheetIn):
    """goes_on: where whoever gathers takes the next sheet from, in their own words; null with the last one."""

    goes_on = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=10_000))


class NextSheetIn(FirstSheetIn):
    """beyond: the rows that it follows; a sheet sent again is not added again."""

    beyond = ma.fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class WatchedExportOut(ExportOut):
    goes_on = ma.fields.String(allow_none=True)


class ExportsOut(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(ExportOut))
    next = ma.fields.String(allow_none=True)


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ExportsOut)
def index(query: dict[str, Any]) -> Page[Export]:
    """The caller's own tables of the last week, newest first."""
    with transaction() as session:
        mine = sa.select(Export).where(Export.account_id == actor().account_id)
        return page(session, mine, by=[Export.id], after=query["after"], limit=query["limit"])


@blp.post("")
@blp.arguments(FirstSheetIn)
@blp.response(201, WatchedExportOut)
def begin(body: dict[str, Any]) -> Export:
    """Begin a table with its first sheet."""
    table = table_of(claims_of(body["sheet"]))
    with transaction() as session:
        return exports.begin(session, table, actor=actor(), now=clock.now(), goes_on=body["goes_on"])


@blp.post("/<uuid:export_id>/sheets")
@blp.arguments(NextSheetIn)
@blp.response(200, WatchedExportOut)
def add(body: dict[str, Any], export_id: UUID) -> Export:
    """Add the next sheet of the same table."""
    table = table_of(claims_of(body["sheet"]))
    with transaction() as session:
        return exports.add(session, export_id, table, actor=actor(), goes_on=body["goes_on"], beyond=body["beyond"])


@blp.post("/<uuid:export_id>/completion")
@blp.response(202, ExportOut)
def complete(export_id: UUID) -> Export:
    """Have it written."""
    with transaction() as session:
        return jobs.complete(session, Export, export_id, actor=actor())


@blp.get("/<uuid:export_id>")
@blp.response(200, WatchedExportOut)
def show(export_id: UUID) -> Export:
    """How far it is: written of rows."""
    with transaction() as session:
        return jobs.of(session, Export, export_id, actor())


@blp.get("/<uuid:export_id>/content")
def content(export_id: UUID) -> Response:
    """The workbook, once it is written."""
    with transaction() as session:
        row = jobs.of(session, Export, export_id, actor())
    if row.state != jobs.DONE:
        raise Conflict("export_not_ready")
    return delivered(row.sha256 or "", row.size or 0, name=f"{row.title}.xlsx", media_type=WORKBOOK, inline=False)
