"""The caller's electronic seal."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_documents.actions import seals
from shenbao_documents.api import limits
from shenbao_documents.api.parts import parts
from shenbao_documents.api.schemas import FileIn

blp = Blueprint("seals", __name__, url_prefix="/v1/seals", description="Electronic seals, made of a scan.")
blp.before_request(limits.allow_tables)


@blp.put("/mine")
@blp.arguments(FileIn, location="files")
@blp.response(204)
def set_up(sent: dict[str, Any]) -> None:
    """Make the seal of a scan of the stamp: red kept, background removed."""
    with transaction() as session:
        seals.set_up(session, sent["file"].stream, actor=actor(), storage=parts().storage, now=clock.now())


@blp.delete("/mine")
@blp.response(204)
def remove() -> None:
    """Do without a seal; the place on prints stays blank."""
    with transaction() as session:
        seals.remove(session, actor())


@blp.get("/mine/image")
def image() -> Response:
    """The seal as PNG."""
    with transaction() as session:
        response = Response(seals.own(session, actor()), mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-cache"
    return response
