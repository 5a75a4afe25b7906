"""What applicants do with what they have submitted: take it back, or declare it again."""

from sqlalchemy.orm import Session

from shenbao_applications.actions import drafts, saved_news
from shenbao_applications.actions.desk import Desk
from shenbao_applications.domain import lifecycle, projects
from shenbao_applications.domain.lifecycle import Move
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application
from shenbao_applications.queries import packs
from shenbao_applications.queries.applications import latest_step
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import (
    ApplicationSupersededV1,
    ApplicationWithdrawnV1,
)
from shenbao_common.kernel.errors import Conflict, NotAllowed


def withdraw(session: Session, row: Application, *, desk: Desk) -> Application:
    """T12: while the open step lets it, which is until it is accepted (X16)."""
    _ensure_submitter(session, row, desk)
    status = lifecycle.after(row.status, Move.WITHDRAW)
    if not is_withdrawable(row, packs.of(session, row)):
        raise Conflict("already_accepted")
    row.status = status
    row.revision += 1
    for one in row.steps:
        one.state = "cancelled" if one.state == "open" else one.state
    told = ApplicationWithdrawnV1(application_id=row.id, unit_id=row.unit_id, revision=row.revision)
    outbox.record(session, told, revision=row.revision)
    return row


def is_withdrawable(row: Application, pack: Pack) -> bool:
    """Whether the step where it is lets the applicant take it back; before review has opened one, the first to come."""
    if not lifecycle.allows(row.status, Move.WITHDRAW):
        return False
    step = latest_step(row.steps, row.round)
    key = step.step_key if step else next(s["key"] for s in pack.route_of(row.variant) if s["actions"] != ["report"])
    return bool(pack.step(key).get("withdrawable"))


def redeclare(session: Session, row: Application, *, desk: Desk) -> Application:
    """T17: the same application again as a draft with all that it held, while the project is open (S2-37)."""
    _ensure_submitter(session, row, desk)
    status = lifecycle.after(row.status, Move.REDECLARE)
    projects.ensure_open(row.project.opens_on, row.project.closes_on, desk.now)
    row.status = status
    row.revision += 1
    row.saved_at = desk.now
    saved_news.tell(session, row, packs.of(session, row))
    return row


def supersede(session: Session, row: Application, brought: drafts.Brought, *, desk: Desk) -> Application:
    """T18: an empty draft in the same project, for another condition; what was declared ends and stays readable."""
    _ensure_submitter(session, row, desk)
    row.status = lifecycle.after(row.status, Move.SUPERSEDE)
    row.revision += 1
    session.flush()
    successor = drafts.create(session, row.project_id, {}, desk=desk, brought=brought)
    successor.supersedes_id = row.id
    told = ApplicationSupersededV1(
        application_id=row.id, successor_id=successor.id, unit_id=row.unit_id, revision=row.revision
    )
    outbox.record(session, told, revision=row.revision)
    return successor


def _ensure_submitter(session: Session, row: Application, desk: Desk) -> None:
    if desk.actor.kind not in packs.of(session, row).accounts("report", row.variant):
        raise NotAllowed("may_not_report")
    desk.actor.require("application.report")
