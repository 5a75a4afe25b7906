"""Numbering the applicants of a plan (申报者编号, S4k-05)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.models import Application, Project
from shenbao_applications.models.numbering import ApplicantNumber
from shenbao_applications.queries import numbering

_OUT = (Status.DELETED, Status.WITHDRAWN, Status.SUPERSEDED)


def assign(session: Session, project: Project) -> int:
    """Gives those who have reported and have no number the next ones, first come first; answers how many have one.

    The project is held, so two who number at once take turns; a number that was given never changes.
    """
    last = numbering.last(session, project.id)
    order = sa.func.row_number().over(order_by=(Application.reported_at, Application.id))
    numbered = sa.exists().where(ApplicantNumber.application_id == Application.id)
    new = sa.select(sa.literal(project.id, sa.Uuid), order + last, Application.id).where(
        Application.project_id == project.id,
        Application.round > 0,
        Application.status.not_in(_OUT),
        ~numbered,
    )
    session.execute(sa.insert(ApplicantNumber).from_select(["project_id", "number", "application_id"], new))
    return numbering.last(session, project.id)
