"""Uploads and their content."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service
from shenbao_documents import queries
from shenbao_documents.actions import files
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.parts import parts
from shenbao_documents.api.schemas import ContentQuery, FileIn, FileOut, PurposeIn, UploadedOut
from shenbao_documents.domain import receipts
from shenbao_documents.models import File

blp = Blueprint("files", __name__, url_prefix="/v1/files", description="Files, checked by their content.")
blp.before_request(limits.allow_uploads)


@blp.post("")
@blp.arguments(FileIn, location="files")
@blp.arguments(PurposeIn, location="form")
@blp.response(201, UploadedOut)
def upload(sent: dict[str, Any], form: dict[str, Any]) -> dict[str, Any]:
    """Take in one file: checked by content, kept, receipted."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT, Kind.REGISTRANT)
    given = files.Upload(sent["file"].stream, sent["file"].filename or "", form["purpose"])
    with transaction() as session:
        file = files.take_in(session, given, actor=who, storage=parts().storage, now=clock.now())
    claims = files.receipt_of(file).claims()
    return {**vars(file), "receipt": service().signer.sign(receipts.KIND, claims, seconds=receipts.LIFETIME)}


@blp.get("/<uuid:file_id>")
@blp.response(200, FileOut)
def show(file_id: UUID) -> File:
    """What is known of a file."""
    with transaction() as session:
        return queries.file_of(session, file_id, actor())


@blp.get("/<uuid:file_id>/content")
@blp.arguments(ContentQuery, location="query")
def content(query: dict[str, Any], file_id: UUID) -> Response:
    """The file itself."""
    with transaction() as session:
        file = queries.file_of(session, file_id, actor())
    return delivered(file, name=file.name, media_type=file.media_type, inline=query["inline"])
