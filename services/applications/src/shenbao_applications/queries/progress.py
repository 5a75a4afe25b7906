"""What is known of the way of an application."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.progress import Way
from shenbao_applications.models import Application, Snapshot
from shenbao_applications.models.progress import Milestone


def of(session: Session, row: Application) -> Way:
    saved = sa.select(Milestone.round, Milestone.key, Milestone.at).where(Milestone.application_id == row.id)
    reported = sa.select(Snapshot.round, Snapshot.submitted_at).where(Snapshot.application_id == row.id)
    return Way(
        saved=[(one.round, one.key, one.at) for one in session.execute(saved)],
        reported=[(one.round, one.submitted_at) for one in session.execute(reported.order_by(Snapshot.round))],
        steps=row.steps,
        unit_name=row.unit.name if row.unit else "",
    )
