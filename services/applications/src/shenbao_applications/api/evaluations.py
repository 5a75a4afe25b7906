"""Applications as members of a committee read them, by review's slip about the agenda of a sitting (docs/adr/0006)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask_smorest import Blueprint

from shenbao_applications.domain import evaluation, lifecycle
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, packs
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, Unauthenticated
from shenbao_common.web import auditing
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service

blp = Blueprint("evaluations", __name__, url_prefix="/v1/evaluations", description="What committees evaluate.")

EVALUATION = "shenbao-evaluation+jwt"
FILE = "shenbao-evaluated-file+jwt"
_SECONDS = 600


class EvaluationIn(Schema):
    """slip: of review (GET /v1/ballots/{id}/applications/{id}/slip), about the caller."""

    slip = Text(4000, required=True)


class EvaluationOut(Schema):
    """sections: as far as the committee's step sees them, masked as the pack says.

    hidden: sections that are not shown. files: by document a slip for POST /v1/evaluated-files of documents.
    """

    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    programme = ma.fields.String()
    programme_version = ma.fields.Integer()
    variant = ma.fields.String()
    project_name = ma.fields.String()
    sections = ma.fields.Dict()
    hidden = ma.fields.List(ma.fields.String())
    files = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


@blp.post("")
@blp.arguments(EvaluationIn)
@blp.response(200, EvaluationOut)
def read(body: dict[str, Any]) -> Mapping[str, Any]:
    """One application of the agenda; nobody else's slip opens it, and no slip one that left the review."""
    said = _said(body["slip"])
    with transaction() as session:
        one = sa.and_(Application.id == UUID(said["application_id"]), Application.status.in_(lifecycle.UNDER_REVIEW))
        row = session.scalar(applications.kept().where(one))
        if row is None:
            raise NotFound
        auditing.note_read(row.filler_id, subject=row.id)
        pack = packs.of(session, row)
        seen = evaluation.seen(pack, said["step_key"])
        sections = evaluation.shown(pack, said["step_key"], row.sections)
        return {
            "application_id": row.id,
            "reference": row.reference,
            "programme": row.programme,
            "programme_version": row.project.version,
            "variant": row.variant,
            "project_name": row.project.name,
            "sections": sections,
            "hidden": [section["key"] for section in pack.sections if section["key"] not in seen],
            "files": {one: _file_slip(one) for one in evaluation.files(sections)},
        }


def _file_slip(document_id: str) -> str:
    claims = {"account_id": str(actor().account_id), "document_id": document_id}
    return service().signer.sign(FILE, claims, seconds=_SECONDS)


def _said(slip: str) -> Mapping[str, Any]:
    """What review signed about the caller."""
    try:
        said = service().keys_of("review").verify(EVALUATION, slip)
    except Unauthenticated as wrong:
        code = "evaluation_slip_expired" if wrong.code == "token_expired" else "evaluation_slip_invalid"
        raise RuleBroken("invalid", Problem(code, "slip")) from wrong
    if said.get("account_id") != str(actor().account_id):
        raise RuleBroken("invalid", Problem("evaluation_slip_invalid", "slip"))
    return said
