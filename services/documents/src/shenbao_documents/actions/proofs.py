"""Files that were put before somebody outside any application, and who of them reads these still."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import NOBODY
from shenbao_documents.models import File, Proof, UnitStanding


def note(
    session: Session, file_id: UUID, organisation_id: UUID, *, unit_id: UUID | None = None, of_archive: bool = False
) -> None:
    """That organisation may read the file, also when its owner deleted it before this news came.

    unit_id: as the department of that unit, while it is.
    """
    shown = {"file_id": file_id, "organisation_id": organisation_id, "unit_id": unit_id or NOBODY}
    session.execute(insert(Proof).values(**shown, of_archive=of_archive).on_conflict_do_nothing())
    session.execute(sa.update(File).where(File.id == file_id).values(deleted_at=None))


def note_move(session: Session, unit_id: UUID, department_id: UUID, *, revision: int) -> None:
    """The unit comes under this department; news that another move has overtaken changes nothing."""
    _note(session, unit_id, {"department_id": department_id, "revision": revision}, UnitStanding.revision < revision)


def note_examining(session: Session, unit_id: UUID) -> None:
    """The unit has a title officer, who examines from now on in its department's place."""
    _note(session, unit_id, {"examines": True})


def _note(session: Session, unit_id: UUID, facts: dict[str, Any], newest: sa.ColumnElement[bool] | None = None) -> None:
    new = insert(UnitStanding).values(unit_id=unit_id, **{"revision": 0, "examines": False} | facts)
    session.execute(new.on_conflict_do_update(index_elements=["unit_id"], set_=facts, where=newest))
