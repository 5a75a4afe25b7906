"""Applicants of a plan by their numbers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Application, Project
from shenbao_applications.models.numbering import ApplicantNumber
from shenbao_applications.queries import applications, organisations
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound


def own_project(session: Session, project_id: UUID, actor: Actor, *, lock: bool = False) -> Project:
    """A project of the office itself or of one below it; for everybody else it does not exist."""
    found = session.get(Project, project_id, with_for_update=lock)
    if found is None or actor.kind is not Kind.OFFICE or actor.organisation_id is None:
        raise NotFound
    if actor.organisation_id not in organisations.line(session, found.publisher_id):
        raise NotFound
    return found


def last(session: Session, project_id: UUID) -> int:
    """The highest number given in a plan; equal to how many there are."""
    of_plan = sa.select(ApplicantNumber.number).where(ApplicantNumber.project_id == project_id)
    return session.scalar(of_plan.order_by(ApplicantNumber.number.desc()).limit(1)) or 0


def roster(
    session: Session, project_id: UUID, actor: Actor, *, after: str | None, limit: int
) -> Page[tuple[int, Application]]:
    """The next of the numbered applicants, those that the office reads, by number."""
    of_plan = sa.select(ApplicantNumber).where(ApplicantNumber.project_id == project_id)
    numbered = page(session, of_plan, by=[ApplicantNumber.number], after=after, limit=limit, descending=False)
    numbers: Mapping[UUID, int] = {row.application_id: row.number for row in numbered.items}
    rows: Sequence[Application] = session.scalars(applications.readable(actor).where(Application.id.in_(numbers))).all()
    return Page(sorted(((numbers[row.id], row) for row in rows), key=lambda pair: pair[0]), numbered.next)
