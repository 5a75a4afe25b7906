"""Which unit a person belongs to, as far as this service has heard."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application, Binding
from shenbao_common.kernel.actor import NOBODY


def unit_of(session: Session, account_id: UUID) -> UUID | None:
    """The unit that has said yes; None while none has."""
    return session.scalar(sa.select(Binding.unit_id).where(Binding.account_id == account_id))


def unit_for(session: Session, row: Application, pack: Pack) -> UUID | None:
    """The unit that an application goes through: that of its submission, else the present one of its person."""
    if row.unit_id != NOBODY:
        return row.unit_id
    return unit_of(session, row.filler_id) if pack.needs_binding else None
