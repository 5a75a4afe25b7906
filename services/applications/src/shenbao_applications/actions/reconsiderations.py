"""Keeps what review tells of reconsiderations, so that the application shows it (B-10); its status stays."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.models import Application
from shenbao_applications.models.reconsideration import Reconsideration


def note_asked(session: Session, application_id: UUID, reconsideration_id: UUID, asked_at: datetime) -> None:
    if session.get(Application, application_id) is None:
        return
    new = insert(Reconsideration).values(
        application_id=application_id, reconsideration_id=reconsideration_id, state="open", asked_at=asked_at
    )
    session.execute(new.on_conflict_do_nothing())


def note_decided(session: Session, application_id: UUID, *, granted: bool, decided_at: datetime) -> None:
    state = "granted" if granted else "upheld"
    own = sa.update(Reconsideration).where(Reconsideration.application_id == application_id)
    session.execute(own.values(state=state, decided_at=decided_at))
