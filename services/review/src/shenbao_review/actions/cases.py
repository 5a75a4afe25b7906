"""The life of a case as applications tells it: reported, reported again, recalled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.contracts.applications import (
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ApplicationWithdrawnV1,
)
from shenbao_review.actions import progress as moves
from shenbao_review.actions import routing
from shenbao_review.domain import progress
from shenbao_review.domain.states import Action, CaseState
from shenbao_review.models import Case, LogEntry, Recall
from shenbao_review.queries import arrivals
from shenbao_review.queries.cases import cases_to_change

Report = ApplicationSubmittedV1 | ApplicationResubmittedV1


def begin(session: Session, report: ApplicationSubmittedV1) -> None:
    """Opens the case at the beginning of its route, the first time and after a recall."""
    _take(session, report, anew=True)


def resume(session: Session, report: ApplicationResubmittedV1) -> None:
    """Opens a new round at the programme's re-entry step."""
    _take(session, report, anew=False)


def _take(session: Session, report: Report, *, anew: bool) -> None:
    """The case as the report says, on its route; news that is older than what is known changes nothing."""
    new = Case(application_id=report.application_id, first_round=report.round, version=1, steps=[])
    _note(new, report)
    known = arrivals.known(session, new)
    if known.recalled is not None and known.recalled > report.revision:
        return
    if known.is_new:
        routing.lay_out_new(session, new, known)
        routed = new.routed
    else:
        (case,) = cases_to_change(session, [report.application_id])
        if case.revision >= report.revision:
            return
        # Only the owner of the status knows why a case in review is reported anew; its word stands.
        moves.carry_out(session, case, progress.recalled(moves.of_round(case)), at=report.submitted_at)
        _note(case, report)
        case.first_round = report.round if anew else case.first_round
        routing.lay_out(session, case)
        routed = case.routed
    if not routed:
        routing.look_again(session, report.application_id)


def _note(case: Case, report: Report) -> None:
    case.reference = report.reference
    case.programme, case.programme_version = report.programme, report.version
    case.project_id, case.variant, case.tier = report.project_id, report.variant, report.tier
    case.unit_id, case.department_id = report.unit_id, report.department_id
    case.filler_id, case.operator_id = report.filler_id, report.operator_id
    case.group = report.group
    case.skips = list(report.skips)
    case.submitted_at = case.moved_at = report.submitted_at
    case.round, case.revision = report.round, report.revision
    case.state, case.routed = CaseState.IN_REVIEW, False


def recall(session: Session, news: ApplicationRecalledV1 | ApplicationWithdrawnV1, *, now: datetime) -> None:
    """Cancels what is open and takes the case out of every queue (T12, T24)."""
    _remember(session, news.application_id, news.revision)
    case = next(iter(cases_to_change(session, [news.application_id])), None)
    if case is None or case.revision > news.revision or case.state == CaseState.RECALLED:
        return
    session.add(_entry(case, Action.RECALL, now))
    moves.carry_out(session, case, progress.recalled(moves.of_round(case)), at=now)
    moves.leave(session, case.application_id)
    # It waits for no route any more, should it have.
    case.routed = True


def supersede(session: Session, application_id: UUID, *, now: datetime) -> None:
    """The officers read that the applicant declared anew, and that nothing more comes of this case (T18)."""
    for case in cases_to_change(session, [application_id]):
        session.add(_entry(case, Action.SUPERSEDE, now))


def _remember(session: Session, application_id: UUID, revision: int) -> None:
    new = insert(Recall).values(application_id=application_id, revision=revision)
    newer = Recall.revision < new.excluded.revision
    session.execute(
        new.on_conflict_do_update(
            index_elements=["application_id"], set_={"revision": new.excluded.revision}, where=newer
        )
    )


def _entry(case: Case, action: Action, now: datetime) -> LogEntry:
    return LogEntry(
        application_id=case.application_id,
        round=case.round,
        step_key=None,
        name_zh=None,
        name_en=None,
        body_id=case.unit_id,
        body_name=case.unit.name if case.unit else "",
        account_id=None,
        action=action,
        opinion=None,
        at=now,
    )
