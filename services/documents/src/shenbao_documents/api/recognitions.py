"""Reading by machine; it assists, and its owner confirms."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_documents.actions import evidence, recognitions
from shenbao_documents.api.evidence_schemas import (
    FactsIn,
    FindingsOut,
    FindingsQuery,
    RecognitionIn,
    RecognitionOut,
)
from shenbao_documents.api.schemas import FileOut
from shenbao_documents.models import File, Recognition

blp = Blueprint("recognitions", __name__, url_prefix="/v1", description="What files say, and where they say it twice.")


@blp.post("/recognitions")
@blp.arguments(RecognitionIn)
@blp.response(202, RecognitionOut)
def begin(body: dict[str, Any]) -> Recognition:
    """Have an image of one's own read."""
    with transaction() as session:
        return recognitions.begin(session, body["file_id"], kind=body["kind"], actor=actor(), now=clock.now())


@blp.get("/recognitions/<uuid:recognition_id>")
@blp.response(200, RecognitionOut)
def show(recognition_id: UUID) -> Recognition:
    """How far it is, and what was read."""
    with transaction() as session:
        return recognitions.of(session, recognition_id, actor())


@blp.post("/recognitions/<uuid:recognition_id>/cancellation")
@blp.response(200, RecognitionOut)
def cancel(recognition_id: UUID) -> Recognition:
    """Stop it; nothing of it is kept."""
    with transaction() as session:
        return recognitions.cancel(session, recognition_id, actor=actor())


@blp.put("/files/<uuid:file_id>/facts")
@blp.arguments(FactsIn)
@blp.response(200, FileOut)
def describe(body: dict[str, Any], file_id: UUID) -> File:
    """Say what the file is evidence of."""
    with transaction() as session:
        return evidence.describe(session, file_id, **body, actor=actor())


@blp.get("/findings")
@blp.arguments(FindingsQuery, location="query")
@blp.response(200, FindingsOut)
def findings(query: dict[str, Any]) -> dict[str, Any]:
    """For reviewers: the same evidence in other applications."""
    with transaction() as session:
        return {"items": evidence.findings(session, query["application_id"], actor())}
