"""Noting when an applicant passed a stage before the report."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.models import Application
from shenbao_applications.models.progress import Milestone


def reach(session: Session, row: Application, key: str, *, desk: Desk) -> None:
    """The last time counts."""
    session.flush()
    new = insert(Milestone).values(application_id=row.id, round=row.round, key=key, at=desk.now)
    places = [Milestone.application_id, Milestone.round, Milestone.key]
    session.execute(new.on_conflict_do_update(index_elements=places, set_={"at": new.excluded.at}))
