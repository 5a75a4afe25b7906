"""Certificates, for the organisations that issue them and the people they are about."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.data.paging import page
from shenbao_common.kernel import clock
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_documents import queries
from shenbao_documents.actions import certificates
from shenbao_documents.api.certificate_schemas import (
    CertificateIn,
    CertificateOut,
    CertificatePage,
    CertificatesQuery,
    ExtensionIn,
    ReplacementIn,
    RevocationIn,
    shown,
)
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.parts import parts
from shenbao_documents.api.schemas import ContentQuery
from shenbao_documents.domain.policies import MEDIA_TYPES
from shenbao_documents.models import Certificate

blp = Blueprint("certificates", __name__, url_prefix="/v1/certificates", description="Certificates, signed.")


@blp.post("")
@blp.arguments(CertificateIn)
@blp.response(201, CertificateOut)
def issue(body: dict[str, Any]) -> dict[str, Any]:
    """Issue a certificate for an approved application."""
    application_id = body.pop("application_id")
    with transaction() as session:
        return shown(certificates.issue(session, application_id, certificates.Wording(**body), by=_by()))


@blp.get("")
@blp.arguments(CertificatesQuery, location="query")
@blp.response(200, CertificatePage)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """Certificates of an application, newest first, with those that ended."""
    with transaction() as session:
        rows = queries.certificates_of(query["application_id"], actor())
        found = page(session, rows, by=[Certificate.id], after=query["after"], limit=query["limit"])
        return {"items": [shown(row) for row in found.items], "next": found.next}


@blp.get("/<uuid:certificate_id>/content")
@blp.arguments(ContentQuery, location="query")
def content(query: dict[str, Any], certificate_id: UUID) -> Response:
    """The signed PDF."""
    with transaction() as session:
        row = queries.certificate_of(session, certificate_id, actor())
    certificates.ensure_open(row, actor())
    if row.outdated:
        # A request that reads commits nothing, and what was drawn is to be kept.
        with own_transaction() as own:
            row = certificates.drawn(own, certificate_id, parts().mint)
            own.expunge(row)
    return delivered(
        row.sha256, row.size, name=f"{row.number}.pdf", media_type=MEDIA_TYPES["pdf"], inline=query["inline"]
    )


@blp.post("/<uuid:certificate_id>/revocation")
@blp.arguments(RevocationIn)
@blp.response(200, CertificateOut)
def revoke(body: dict[str, Any], certificate_id: UUID) -> dict[str, Any]:
    """End a certificate; it is never valid again."""
    with transaction() as session:
        return shown(certificates.revoke(session, certificate_id, **body, actor=actor(), now=clock.now()))


@blp.post("/<uuid:certificate_id>/replacement")
@blp.arguments(ReplacementIn)
@blp.response(201, CertificateOut)
def replace(body: dict[str, Any], certificate_id: UUID) -> dict[str, Any]:
    """Issue another in its place, with a number of its own."""
    reason = body.pop("reason")
    with transaction() as session:
        wording = certificates.Wording(**body)
        return shown(certificates.replace(session, certificate_id, wording, reason=reason, by=_by()))


@blp.post("/<uuid:certificate_id>/extension")
@blp.arguments(ExtensionIn)
@blp.response(200, CertificateOut)
def extend(body: dict[str, Any], certificate_id: UUID) -> dict[str, Any]:
    """Let it be valid for longer under the same number."""
    with transaction() as session:
        row = certificates.extend(session, certificate_id, until=body["valid_until"], actor=actor(), mint=parts().mint)
        return shown(row)


def _by() -> certificates.Issuing:
    return certificates.Issuing(actor(), parts().mint, clock.now())
