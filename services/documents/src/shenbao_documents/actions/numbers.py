"""Numbers that an office gave by its document after publicity; certificates bear them, until revoked (S4a-09)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.documents import CertificateRevokedV1
from shenbao_common.contracts.review import CertificateNumberedV1
from shenbao_documents.domain.certificates import REVOKED, VALID
from shenbao_documents.models import Certificate
from shenbao_documents.models.numbers import AssignedNumber

REASON = "发证机关撤销证书编号"
"""What a certificate tells whose number was revoked; the office's own reason stays with the office."""


def note(session: Session, news: CertificateNumberedV1) -> None:
    """The next certificate of the application bears this number."""
    new = insert(AssignedNumber).values(
        application_id=news.application_id,
        number=news.number,
        document_number=news.document_number,
        issuing_unit=news.issuing_unit,
    )
    session.execute(new.on_conflict_do_nothing())


def revoke(session: Session, application_id: UUID, number: str, *, on: date) -> None:
    """No certificate is issued under it any more; one that was is never valid again."""
    row = session.get(AssignedNumber, application_id, with_for_update=True)
    if row is not None:
        row.revoked = True
    own = sa.select(Certificate).where(Certificate.number == number, Certificate.application_id == application_id)
    certificate = session.scalar(own.with_for_update())
    if certificate is None or certificate.state != VALID:
        return
    certificate.state, certificate.ended_on, certificate.reason = REVOKED, on, REASON
    ended = CertificateRevokedV1(
        application_id=application_id, certificate_id=certificate.id, number=number, ended_on=on
    )
    outbox.record(session, ended)
