"""Keeping the copies of organisations and units current."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation, Unit


def remember_organisation(
    session: Session, organisation_id: UUID, *, parent_id: UUID | None, name: str, level: str
) -> None:
    row = {"id": organisation_id, "parent_id": parent_id, "name": name, "level": level}
    session.execute(insert(Organisation).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def remember_unit(session: Session, unit_id: UUID, *, name: str, department_id: UUID) -> None:
    row = {"id": unit_id, "name": name, "department_id": department_id, "revision": 0}
    session.execute(insert(Unit).values(row).on_conflict_do_nothing())
