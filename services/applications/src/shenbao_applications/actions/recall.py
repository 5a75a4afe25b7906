"""A unit moved to another supervising department: what it has reported comes back to be reported (T24, S4g-32)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.actions import archiving
from shenbao_applications.domain import lifecycle
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.models import Application, Step, Unit
from shenbao_applications.queries import packs
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ApplicationRecalledV1


def move_unit(session: Session, unit_id: UUID, *, from_id: UUID, to_id: UUID, revision: int) -> None:
    """Remembers the new department and recalls what the programmes say; older news than what is known is left aside."""
    unit = session.scalar(sa.select(Unit).where(Unit.id == unit_id).with_for_update())
    if unit is None or unit.revision >= revision:
        return
    unit.department_id, unit.revision = to_id, revision
    archiving.show_to_department(session, unit)
    open_ones = (
        sa.select(Application)
        .where(Application.unit_id == unit_id, Application.status.in_((*lifecycle.UNDER_REVIEW, Status.RETURNED)))
        .order_by(Application.id)
        .with_for_update()
    )
    recalled = [row for row in session.scalars(open_ones) if _is_recalled(session, row)]
    for row in recalled:
        _recall(session, row, from_id=from_id, to_id=to_id)
    # The departments it had been reported to are no longer entitled to it, whatever they had decided.
    taken = sa.update(Step).where(Step.application_id.in_([r.id for r in recalled]))
    session.execute(taken.values(state="recalled"))


def _is_recalled(session: Session, row: Application) -> bool:
    pack = packs.of(session, row)
    return bool(pack.document["on_supervising_department_change"] == "return_all_reported")


def _recall(session: Session, row: Application, *, from_id: UUID, to_id: UUID) -> None:
    row.status = lifecycle.after(row.status, Move.RECALL)
    row.revision += 1
    told = ApplicationRecalledV1(
        application_id=row.id, unit_id=row.unit_id, from_id=from_id, to_id=to_id, revision=row.revision
    )
    outbox.record(session, told, revision=row.revision)
