"""For anybody: is this certificate valid, and is this PDF what we signed."""

from typing import Any

import sqlalchemy as sa
from flask_smorest import Blueprint

from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_documents import queries
from shenbao_documents.api import limits
from shenbao_documents.api.certificate_schemas import (
    FormVerificationOut,
    PdfIn,
    ValidationOut,
    VerificationIn,
    VerificationOut,
    shown,
)
from shenbao_documents.api.parts import parts
from shenbao_documents.api.throttled import ensure_not_too_often
from shenbao_documents.domain.certificates import same_name
from shenbao_documents.models import Certificate
from shenbao_documents.models.form_codes import FormCode

blp = Blueprint("verifications", __name__, url_prefix="/v1", description="For anybody: verification.")
blp.before_request(limits.allow_tables)


@blp.before_request
def _ensure_not_too_often() -> None:
    ensure_not_too_often("verifications")


@blp.post("/verifications")
@public
@blp.arguments(VerificationIn)
@blp.response(200, VerificationOut)
def by_number(body: dict[str, Any]) -> dict[str, Any]:
    """By number and holder's name; a wrong name answers as an unknown number does, and as late."""
    number = body["number"].upper()
    # For an unknown number the oldest certificate is opened and compared: else the time would tell which there are.
    known = sa.select(Certificate.id).where(Certificate.number == number).scalar_subquery()
    any_one = sa.select(Certificate.id).order_by(Certificate.id).limit(1).scalar_subquery()
    with transaction() as session:
        row = session.scalar(sa.select(Certificate).where(Certificate.id == sa.func.coalesce(known, any_one)))
    if row is None or not same_name(body["name"], row.holder) or row.number != number:
        raise NotFound
    return shown(row)


@blp.get("/verifications/<code>")
@public
@blp.response(200, VerificationOut)
def by_code(code: str) -> dict[str, Any]:
    """By the code in the certificate's QR address, which nobody guesses."""
    with transaction() as session:
        row = session.scalar(sa.select(Certificate).where(Certificate.code == code))
    if row is None:
        raise NotFound
    return shown(row)


@blp.get("/form-verifications/<code>")
@public
@blp.response(200, FormVerificationOut)
def form_by_code(code: str) -> FormCode:
    """By the code on a printed form: which content it shows, and whether there is newer; no name of anybody."""
    with transaction() as session:
        row = session.get(FormCode, code)
    if row is None:
        raise NotFound
    return row


@blp.post("/validations")
@public
@blp.arguments(PdfIn, location="files")
@blp.response(200, ValidationOut)
def validate(sent: dict[str, Any]) -> dict[str, Any]:
    """Whether a PDF carries our signature over the whole of it; the file is not kept."""
    signer = parts().signer
    if signer is None:
        raise Conflict("signing_not_set_up")
    with parts().storage.receive(sent["file"].stream, limit=limits.TABLE) as incoming:
        pdf = incoming.path.read_bytes()
    if not pdf.startswith(b"%PDF-"):
        raise RuleBroken("invalid", Problem("wrong_format", "file", {"allowed": "pdf", "limit": limits.TABLE}))
    verdict = signer.verdict(pdf)
    with transaction() as session:
        row, earlier = queries.printed_as(session, incoming.sha256)
    told = {name: getattr(verdict, name) for name in ("signed", "intact", "trusted", "signer", "signed_at")}
    return {**told, "certificate": shown(row) if row else None, "earlier_print": earlier}
