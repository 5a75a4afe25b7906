"""Tables that are too large to be written while somebody waits."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
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


@blp.post("")
@blp.arguments(SheetIn)
@blp.response(201, ExportOut)
def begin(body: dict[str, Any]) -> Export:
    """Begin a table with its first sheet."""
    table = table_of(claims_of(body["sheet"]))
    with transaction() as session:
        return exports.begin(session, table, actor=actor(), now=clock.now())


@blp.post("/<uuid:export_id>/sheets")
@blp.arguments(SheetIn)
@blp.response(200, ExportOut)
def add(body: dict[str, Any], export_id: UUID) -> Export:
    """Add the next sheet of the same table."""
    table = table_of(claims_of(body["sheet"]))
    with transaction() as session:
        return exports.add(session, export_id, table, actor=actor())


@blp.post("/<uuid:export_id>/completion")
@blp.response(202, ExportOut)
def complete(export_id: UUID) -> Export:
    """Have it written."""
    with transaction() as session:
        return jobs.complete(session, Export, export_id, actor=actor())


@blp.get("/<uuid:export_id>")
@blp.response(200, ExportOut)
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
