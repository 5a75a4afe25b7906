"""Many forms printed while nobody waits: as one file, or as an archive of files."""

from typing import Any
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask import Response
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_documents.actions import jobs, print_jobs
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.schemas import SheetIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain.forms import sheet_refused, sheets_of
from shenbao_documents.domain.policies import MEDIA_TYPES
from shenbao_documents.models.print_jobs import PrintJob

blp = Blueprint("print-jobs", __name__, url_prefix="/v1/print-jobs", description="Many forms, printed later.")
blp.before_request(limits.allow_tables)


class PrintJobIn(Schema):
    """format: pdf for one file, zip for one file per form. title: of the file."""

    title = Text(100, required=True)
    format = ma.fields.String(required=True, validate=validate.OneOf((print_jobs.PDF, print_jobs.ZIP)))


class PrintJobOut(Schema):
    """state: gathering, waiting, writing or done; printed and refused: of forms."""

    id = ma.fields.UUID()
    title = ma.fields.String()
    format = ma.fields.String()
    state = ma.fields.String()
    forms = ma.fields.Integer()
    printed = ma.fields.Integer()
    refused = ma.fields.Integer()
    size = ma.fields.Integer(allow_none=True)
    made_at = ma.fields.AwareDateTime()


class NotPrintedOut(Schema):
    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    errors = ma.fields.List(ma.fields.Dict(), attribute="refusal")


class WatchedJobOut(PrintJobOut):
    """not_printed: the first hundred, with reasons."""

    not_printed = ma.fields.List(ma.fields.Nested(NotPrintedOut))


class PrintJobPage(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(PrintJobOut))
    next = ma.fields.String(allow_none=True)


@blp.post("")
@blp.arguments(PrintJobIn)
@blp.response(201, PrintJobOut)
def begin(body: dict[str, Any]) -> PrintJob:
    """Begin a job; its forms come next."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT, Kind.PERSON, Kind.OFFICE)
    with transaction() as session:
        return print_jobs.begin(session, **body, actor=who, now=clock.now())


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, PrintJobPage)
def index(query: dict[str, Any]) -> Page[PrintJob]:
    """The caller's own jobs, newest first."""
    with transaction() as session:
        mine = sa.select(PrintJob).where(PrintJob.account_id == actor().account_id)
        return page(session, mine, by=[PrintJob.id], after=query["after"], limit=query["limit"])


@blp.post("/<uuid:job_id>/sheets")
@blp.arguments(SheetIn)
@blp.response(200, PrintJobOut)
def add(body: dict[str, Any], job_id: UUID) -> PrintJob:
    """Add the forms of a slip; one that is in already stays."""
    claims = claims_of(body["sheet"])
    try:
        whose = UUID(claims["account_id"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise sheet_refused("sheet_invalid") from wrong
    with transaction() as session:
        return print_jobs.add(session, job_id, sheets_of(claims), whose=whose, actor=actor())


@blp.post("/<uuid:job_id>/completion")
@blp.response(202, PrintJobOut)
def complete(job_id: UUID) -> PrintJob:
    """Have it printed."""
    with transaction() as session:
        return jobs.complete(session, PrintJob, job_id, actor=actor())


@blp.get("/<uuid:job_id>")
@blp.response(200, WatchedJobOut)
def show(job_id: UUID) -> dict[str, Any]:
    """How far it is: printed and refused of forms."""
    with transaction() as session:
        row = jobs.of(session, PrintJob, job_id, actor())
        return {**vars(row), "not_printed": print_jobs.not_printed(session, row)}


@blp.get("/<uuid:job_id>/content")
def content(job_id: UUID) -> Response:
    """The file, once it is made."""
    with transaction() as session:
        row = jobs.of(session, PrintJob, job_id, actor())
    if row.state != jobs.DONE:
        raise Conflict("export_not_ready")
    if row.sha256 is None:
        raise Conflict("nothing_printed")
    name = f"{row.title}.{row.format}"
    return delivered(row.sha256, row.size or 0, name=name, media_type=MEDIA_TYPES[row.format], inline=False)
