"""Taking over the certificates of earlier systems (S4a-12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_documents.models.earlier import EarlierCertificate


def take_over(session: Session, rows: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> list[int]:
    """Adds every certificate whose number is not known yet; answers the rows, counted from 1, that were left out."""
    left_out = []
    for row, given in enumerate(rows, 1):
        values = {word: given[word] for word in ("number", "title", "organisation_name", "issued_on", "valid_until")}
        new = insert(EarlierCertificate).values(
            id=uuid7(),
            holder={"name": given["name"], "id_number": given["id_number"].upper()},
            number_index=holder_index(session, given["id_number"]),
            imported_by=actor.account_id,
            imported_at=now,
            **values,
        )
        made = session.scalar(new.on_conflict_do_nothing().returning(EarlierCertificate.id))
        if made is None:
            left_out.append(row)
    return left_out


def found_by(session: Session, text: str) -> sa.Select[EarlierCertificate]:
    """By the exact number of the certificate, or the ID number of its holder."""
    own = EarlierCertificate.number_index == holder_index(session, text)
    return sa.select(EarlierCertificate).where(sa.or_(EarlierCertificate.number == text, own))


def holder_index(session: Session, id_number: str) -> bytes:
    return sealer_of(session).blind(f"number:{id_number.strip().upper()}")
