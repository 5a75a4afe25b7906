"""Recognitions of earlier years."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Application, Recognition, Unit
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor


def index_of(session: Session, number: str) -> bytes:
    """The blind index under which the recognitions of an ID number are found."""
    return sealer_of(session).blind(f"number:{number.upper()}")


def latest(session: Session, register: str, number: str) -> Recognition | None:
    """The newest recognition that stands, of an ID number."""
    mine = sa.select(Recognition).where(
        Recognition.register == register,
        Recognition.number_index == index_of(session, number),
        Recognition.status == "valid",
    )
    return session.scalar(mine.order_by(Recognition.recognised_on.desc()).limit(1))


def of_application(session: Session, row: Application) -> Recognition | None:
    return session.get(Recognition, row.recognition_id) if row.recognition_id else None


def own(actor: Actor) -> sa.Select[Recognition]:
    """What was matched to this person; nobody else's list has any."""
    return sa.select(Recognition).where(Recognition.account_id == actor.account_id)


def known_units(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """The registered ones of these units, with their names."""
    rows = session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {row.id: row.name for row in rows}
