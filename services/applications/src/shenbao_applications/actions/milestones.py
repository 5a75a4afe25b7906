"""Noting when an applicant passed a stage before the report."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.domain import staging
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.progress import INFORMATION
from shenbao_applications.models import Application
from shenbao_applications.models.progress import Milestone


def note_information(session: Session, row: Application, pack: Pack, given: Mapping[str, Any], *, desk: Desk) -> None:
    """Where the information comes first, a save of more than files passes that stage."""
    if staging.is_staged(pack) and staging.is_information(pack, given):
        reach(session, row, INFORMATION, desk=desk)


def reach(session: Session, row: Application, key: str, *, desk: Desk) -> None:
    """The last time counts."""
    session.flush()
    new = insert(Milestone).values(application_id=row.id, round=row.round, key=key, at=desk.now)
    places = [Milestone.application_id, Milestone.round, Milestone.key]
    session.execute(new.on_conflict_do_update(index_elements=places, set_={"at": new.excluded.at}))
