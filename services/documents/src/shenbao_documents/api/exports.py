"""Tables of what was filtered, as Excel workbooks or comma-separated values."""

import csv
import io
import tempfile
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from werkzeug.wsgi import FileWrapper

from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor_with
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import disposition
from shenbao_documents.api.schemas import ExportIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain.tables import TableSheet, table_of
from shenbao_documents.providers.workbook import write_table

blp = Blueprint("exports", __name__, url_prefix="/v1/exports", description="Tables; written, sent, not kept.")
blp.before_request(limits.allow_tables)

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.post("")
@blp.arguments(ExportIn)
def make(body: dict[str, Any]) -> Response:
    """The workbook, or the values, of a table that applications signed for this account."""
    who = actor_with("application.export")
    table = table_of(claims_of(body["sheet"]))
    if table.account_id != who.account_id:
        raise NotFound
    return _values(table) if body["format"] == "csv" else _workbook(table)


def _values(table: TableSheet) -> Response:
    """Header and rows as they are: a program reads them, and nothing is put before what looks like a formula."""
    target = io.StringIO()
    csv.writer(target).writerows([table.labels, *table.rows])
    response = Response(target.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"{table.title}.csv")
    return response


def _workbook(table: TableSheet) -> Response:
    target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it when it is sent)
    write_table(target, title=table.title, labels=table.labels, rows=table.rows)
    target.seek(0)
    response = Response(FileWrapper(target), mimetype=WORKBOOK, direct_passthrough=True)
    response.headers["Content-Disposition"] = disposition(f"{table.title}.xlsx")
    return response
