"""Keeps the little of what other services own that filters ask for; repeated and late news changes nothing."""

from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import NOBODY
from shenbao_subscriptions.models import Application, Organisation, Project, Unit

# Made once: putting a statement together takes longer than saying it.
_APPLICATION = cast(sa.Table, Application.__table__)
_told = insert(_APPLICATION)
_KEEP_APPLICATION = _told.on_conflict_do_update(
    index_elements=["application_id"],
    set_={
        "project_id": sa.func.coalesce(_told.excluded.project_id, _APPLICATION.c.project_id),
        # A person may begin without a unit, and report by one.
        "unit_id": sa.func.coalesce(sa.func.nullif(_told.excluded.unit_id, NOBODY), _APPLICATION.c.unit_id),
    },
)


def application(
    session: Session, application_id: UUID, *, programme: str, unit_id: UUID, project_id: UUID | None = None
) -> None:
    """project_id: None as long as nobody has said it."""
    told = {"application_id": application_id, "programme": programme, "unit_id": unit_id, "project_id": project_id}
    session.execute(_KEEP_APPLICATION, told)


def project(session: Session, project_id: UUID, year: int) -> None:
    session.execute(insert(Project).values(project_id=project_id, year=year).on_conflict_do_nothing())


def organisation(session: Session, organisation_id: UUID, parent_id: UUID | None) -> None:
    new = insert(Organisation).values(organisation_id=organisation_id, parent_id=parent_id)
    session.execute(new.on_conflict_do_nothing())


def unit(session: Session, unit_id: UUID, department_id: UUID) -> None:
    new = insert(Unit).values(unit_id=unit_id, department_id=department_id, revision=0)
    session.execute(new.on_conflict_do_nothing())


def move_unit(session: Session, unit_id: UUID, department_id: UUID, revision: int) -> None:
    moved = sa.update(Unit).where(Unit.unit_id == unit_id, Unit.revision < revision)
    session.execute(moved.values(department_id=department_id, revision=revision))
