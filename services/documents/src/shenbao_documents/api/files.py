"""Uploads, their content, and the wallet of files that may be used again."""

import io
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, jsonify
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken
from shenbao_common.web.auth import actor, actor_of, opens_first
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.schema import PageQuery
from shenbao_documents import queries
from shenbao_documents.actions import files, uploads
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import delivered, disposition
from shenbao_documents.api.parts import parts
from shenbao_documents.api.receipts import receipted
from shenbao_documents.api.schemas import (
    ContentQuery,
    FileChangeIn,
    FileIn,
    FileOut,
    FilePage,
    PreviewQuery,
    PurposeIn,
    TurnIn,
    UploadedOut,
    UploadOut,
    ViewsOut,
)
from shenbao_documents.domain.policies import IMAGES
from shenbao_documents.models import File, FileView
from shenbao_documents.providers import image

blp = Blueprint("files", __name__, url_prefix="/v1/files", description="Files, checked by their content.")
blp.before_request(limits.allow_uploads)
_UPLOADERS = (Kind.UNIT, Kind.SUB_ACCOUNT, Kind.PERSON, Kind.REGISTRANT)


@blp.post("")
@blp.arguments(FileIn, location="files")
@blp.arguments(PurposeIn, location="form")
@blp.response(201, UploadedOut)
@blp.alt_response(202, schema=UploadOut)
@opens_first
def upload(sent: dict[str, Any], form: dict[str, Any]) -> dict[str, Any] | Response:
    """Take in one file: checked by content, kept, receipted. 202: it waits for the scanner, as an upload does."""
    who = actor_of(*_UPLOADERS, Kind.OFFICE)
    given = files.Sent(sent["file"].stream, sent["file"].filename or "", form["purpose"])
    intake, now = parts().intake, clock.now()
    with transaction() as session:
        try:
            return receipted(files.take_in(session, given, actor=who, intake=intake, now=now))
        except Conflict as away:
            if away.code != "check_unavailable":
                raise
        waiting = uploads.set_aside(session, given, actor=who, intake=intake, now=now)
        answer = jsonify(UploadOut().dump({**vars(waiting), "offset": waiting.size}))
        answer.status_code = 202
        return answer


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, FilePage)
def wallet(query: dict[str, Any]) -> Page[File]:
    """The caller's own files, newest first: each may be used again."""
    with transaction() as session:
        mine = queries.wallet_of(actor())
        return page(session, mine, by=[File.made_at, File.id], after=query["after"], limit=query["limit"])


@blp.get("/<uuid:file_id>")
@blp.response(200, FileOut)
def show(file_id: UUID) -> File:
    """What is known of a file."""
    with transaction() as session:
        return queries.file_of(session, file_id, actor())


@blp.patch("/<uuid:file_id>")
@blp.arguments(FileChangeIn)
@blp.response(200, UploadedOut)
def change(body: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """Another name or validity date; the new receipt says the name."""
    with transaction() as session:
        return receipted(files.change(session, file_id, actor=actor(), **body))


@blp.delete("/<uuid:file_id>")
@blp.response(204)
def delete(file_id: UUID) -> None:
    """Delete a file that no reported application stands on, and that nobody was shown as a proof."""
    with transaction() as session:
        files.delete(session, file_id, actor=actor(), now=clock.now())


@blp.post("/<uuid:file_id>/rotations")
@blp.arguments(TurnIn)
@blp.response(201, UploadedOut)
def turn(body: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """A new file with the image turned; the original is kept beside it."""
    who = actor_of(*_UPLOADERS)
    with transaction() as session:
        made = files.turn(session, file_id, degrees=body["degrees"], actor=who, intake=parts().intake, now=clock.now())
        return receipted(made)


@blp.post("/<uuid:file_id>/uses")
@blp.arguments(PurposeIn)
@blp.response(201, UploadedOut)
def use(body: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """Use the same content for another purpose, without a second upload."""
    who = actor_of(*_UPLOADERS)
    with transaction() as session:
        made = files.use_again(
            session, file_id, purpose=body["purpose"], actor=who, intake=parts().intake, now=clock.now()
        )
        return receipted(made)


@blp.get("/<uuid:file_id>/views")
@blp.response(200, ViewsOut)
def views(file_id: UUID) -> dict[str, Any]:
    """Who else opened the file, the last hundred."""
    with transaction() as session:
        file = queries.own_file_of(session, file_id, actor(), held=False)
        seen = sa.select(FileView).where(FileView.file_id == file.id).order_by(FileView.last_at.desc()).limit(100)
        return {"items": list(session.scalars(seen))}


@blp.get("/<uuid:file_id>/content")
@blp.arguments(ContentQuery, location="query")
def content(query: dict[str, Any], file_id: UUID) -> Response:
    """The file itself."""
    file = _opened(file_id)
    return delivered(
        file.sha256, file.size, name=files.full_name(file), media_type=file.media_type, inline=query["inline"]
    )


@blp.get("/<uuid:file_id>/preview")
@blp.arguments(PreviewQuery, location="query")
def preview(query: dict[str, Any], file_id: UUID) -> Response:
    """An image for the screen: upright, in RGB, at most so many pixels a side."""
    file = _opened(file_id)
    if file.media_type not in IMAGES:
        raise RuleBroken("invalid", Problem("not_an_image", "file"))
    target = io.BytesIO()
    with parts().storage.open(file.sha256) as source:
        image.preview(source, target, longest=query["longest"])
    response = Response(target.getvalue(), mimetype="image/jpeg")
    response.headers["Content-Disposition"] = disposition("preview.jpg", inline=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _opened(file_id: UUID) -> File:
    who = actor()
    with own_transaction() as session:  # That of a GET keeps nothing.
        file = queries.file_of(session, file_id, who)
        files.note_view(session, file, who, clock.now())
        return file
