"""Receipts of reports: signed, so that whoever is shown one can have it checked (B-28)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_applications.api import presenting
from shenbao_applications.domain import printing
from shenbao_applications.queries import applications, packs
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_common.web.tokens import Keys

blp = Blueprint("receipts", __name__, url_prefix="/v1", description="Receipts of reports.")

KIND = "shenbao-submission+jwt"
_SECONDS = 50 * 366 * 24 * 3600
"""A receipt is kept as long as the file of the person."""


class ReceiptOut(Schema):
    """content_hash is SHA-256 of `content` as JSON with sorted keys, without blanks, in UTF-8 (B-28).

    receipt: time and hash signed, to be checked by anybody at POST /v1/receipt-verifications.
    """

    reference = ma.fields.String()
    round = ma.fields.Integer()
    submitted_at = ma.fields.AwareDateTime()
    content_hash = ma.fields.String()
    content = ma.fields.Dict()
    receipt = ma.fields.String()


class VerificationIn(Schema):
    """receipt: the signed text. content: what the receipt's hash is said to be made of, if that is to be checked."""

    receipt = Text(4000, required=True)
    content = ma.fields.Dict(keys=ma.fields.String(), load_default=None, allow_none=True)


class VerifiedOut(Schema):
    """What the service says of a receipt that it signed. same: whether it keeps a report of this time and hash.

    content_matches: whether the given content has this hash; null when none was given.
    """

    reference = ma.fields.String()
    round = ma.fields.Integer()
    submitted_at = ma.fields.String()
    content_hash = ma.fields.String()
    same = ma.fields.Boolean()
    content_matches = ma.fields.Boolean(allow_none=True)


@blp.get("/applications/<uuid:application_id>/receipt")
@blp.response(200, ReceiptOut)
def show(application_id: UUID) -> Mapping[str, Any]:
    """The receipt of the latest report, with what its hash is made of; `receipt` is the same, signed."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        pack = packs.of(session, row)
        if len(presenting.seen_of(row, pack, actor())) < len(pack.sections):
            raise NotFound  # It holds the whole, and its hash is that of the whole.
        snapshot = applications.latest_snapshot(session, row.id)
        submitted_at = snapshot.submitted_at.isoformat()
        content = printing.hashed_content(
            snapshot.sections, reference=row.reference, round=snapshot.round, submitted_at=submitted_at
        )
        said = {
            "application_id": str(row.id),
            "reference": row.reference,
            "round": snapshot.round,
            "submitted_at": submitted_at,
            "content_hash": snapshot.content_hash,
        }
        signed = service().signer.sign(KIND, said, seconds=_SECONDS)
        return {
            **content,
            "submitted_at": snapshot.submitted_at,
            "content_hash": snapshot.content_hash,
            "content": content,
            "receipt": signed,
        }


@blp.post("/receipt-verifications")
@blp.arguments(VerificationIn)
@blp.response(200, VerifiedOut)
@public
def verify(body: dict[str, Any]) -> Mapping[str, Any]:
    """Whether a receipt is ours and unchanged; says nothing that does not stand in it."""
    said = _said(body["receipt"])
    with transaction() as session:
        snapshot = applications.snapshot_of_round(session, UUID(said["application_id"]), said["round"])
        kept = (snapshot.content_hash, snapshot.submitted_at.isoformat()) if snapshot else None
    content = body["content"]
    return {
        **said,
        "same": kept == (said["content_hash"], said["submitted_at"]),
        "content_matches": None if content is None else printing.hash_of(content) == said["content_hash"],
    }


def _said(receipt: str) -> dict[str, Any]:
    signer = service().signer
    try:
        return Keys(signer.issuer, signer.published).verify(KIND, receipt)
    except Unauthenticated as wrong:
        raise RuleBroken("invalid", Problem("receipt_invalid", "receipt")) from wrong
