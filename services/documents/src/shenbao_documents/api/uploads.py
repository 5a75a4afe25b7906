"""Large files in several requests."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import request
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, RuleBroken
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_documents import queries
from shenbao_documents.actions import uploads
from shenbao_documents.api import limits
from shenbao_documents.api.parts import parts
from shenbao_documents.api.receipts import receipted
from shenbao_documents.api.schemas import PartQuery, UploadIn, UploadOut
from shenbao_documents.models import Upload

blp = Blueprint("uploads", __name__, url_prefix="/v1/uploads", description="Large files, in parts that may be resumed.")
blp.before_request(limits.allow_uploads)


@blp.post("")
@blp.arguments(UploadIn)
@blp.response(201, UploadOut)
def begin(body: dict[str, Any]) -> dict[str, Any]:
    """Announce a file by name, size and purpose."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT, Kind.PERSON, Kind.REGISTRANT)
    with transaction() as session:
        return {**vars(uploads.begin(session, **body, actor=who, now=clock.now())), "offset": 0}


@blp.get("/<uuid:upload_id>")
@blp.response(200, UploadOut)
def show(upload_id: UUID) -> dict[str, Any]:
    """How much has arrived, and what became of it."""
    with transaction() as session:
        return _told(queries.upload_of(session, upload_id, actor()))


@blp.patch("/<uuid:upload_id>")
@blp.arguments(PartQuery, location="query")
@blp.response(200, UploadOut)
def receive(query: dict[str, Any], upload_id: UUID) -> dict[str, Any]:
    """Add the request's body after `offset`; with the last byte the file is checked, kept and receipted."""
    who, intake = actor(), parts().intake
    with own_transaction() as session:
        upload = queries.upload_of(session, upload_id, who)
        session.expunge(upload)
    try:
        size = uploads.receive(upload, cast(BinaryIO, request.stream), offset=query["offset"], intake=intake)
    except Conflict as conflict:
        if conflict.code == "wrong_offset" and (done := _finished_meanwhile(upload_id, who)):
            return done
        raise
    if size < upload.size:
        return {**vars(upload), "offset": size}
    with own_transaction() as session:
        uploads.note_checking(session, upload_id, who)
    try:
        with transaction() as session:
            file = uploads.finish(session, upload_id, actor=who, intake=intake, now=clock.now())
            return {**_told(queries.upload_of(session, upload_id, who)), "file": receipted(file)}
    except RuleBroken as refusal:
        with transaction() as session:
            session.rollback()  # It holds the upload, of which the reasons are written now.
        with own_transaction() as session:
            uploads.note_refused(session, upload_id, refusal, actor=who, intake=intake)
        raise


def _finished_meanwhile(upload_id: UUID, who: Actor) -> dict[str, Any] | None:
    """Its parts are gone when another request has just kept it, or is about to commit that it has."""
    with transaction() as session:
        row = queries.upload_to_finish(session, upload_id, who)
        if row.state != uploads.CLEAN or row.file_id is None:
            return None
        return {**_told(row), "file": receipted(queries.own_file_of(session, row.file_id, who))}


def _told(upload: Upload) -> dict[str, Any]:
    arriving = upload.state in {uploads.RECEIVED, uploads.CHECKING}
    offset = parts().storage.size_of_part(upload.id) if arriving else upload.size
    return {**vars(upload), "offset": offset, "errors": (upload.refusal or {}).get("errors", [])}
