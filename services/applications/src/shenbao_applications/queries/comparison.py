"""Two reports of one application, for who decides about the second."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Application, Snapshot
from shenbao_common.kernel.errors import NotFound


def corrected(session: Session, row: Application) -> Sequence[Snapshot]:
    """The latest report and the returned one before it.

    A report that a recall took back is not shown: it went to another department, which was entitled to it.
    """
    if not any(step.state == "returned" and step.round == row.round - 1 for step in row.steps):
        raise NotFound
    reports = sa.select(Snapshot).where(Snapshot.application_id == row.id).order_by(Snapshot.round.desc())
    return session.scalars(reports.limit(2)).all()
