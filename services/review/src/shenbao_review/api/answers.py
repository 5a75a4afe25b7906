"""What a case looks like to the one who asks."""

from datetime import datetime
from typing import Any

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import office_day
from shenbao_review.domain.decision import body_of, possible
from shenbao_review.domain.states import StepState
from shenbao_review.models import Case, LogEntry, Publicity, Step
from shenbao_review.queries.officers import Mark


def item(case: Case, actor: Actor, since: datetime, mark: Mark | None = None) -> dict[str, Any]:
    """A line of a list; of the steps only the open ones need to be loaded. mark: None outside the actor's queue."""
    return {
        "application_id": case.application_id,
        "reference": case.reference,
        "programme": case.programme,
        "project_id": case.project_id,
        "variant": case.variant,
        "tier": case.tier,
        "unit_id": case.unit_id,
        "unit_name": case.unit.name if case.unit else "",
        "self_declaring": case.unit is not None and case.unit.self_declaring,
        "round": case.round,
        "status": case.state,
        "submitted_at": case.submitted_at,
        "since": since,
        "version": case.version,
        "current": _current(case, actor),
        "claimed": _claimed(mark, actor),
        "mark": _mark(mark, case),
    }


def _claimed(mark: Mark | None, actor: Actor) -> str | None:
    if mark is None or mark.claimed_by is None:
        return None
    return "mine" if mark.claimed_by == actor.account_id else "other"


def _mark(mark: Mark | None, case: Case) -> str | None:
    if mark is None or mark.seen == case.version:
        return None
    return "unread" if mark.seen is None else "changed"


def whole(case: Case, actor: Actor, label: dict[str, str] | None, mark: Mark | None = None) -> dict[str, Any]:
    return item(case, actor, case.moved_at, mark) | {"label": label, "steps": [_step(step) for step in case.steps]}


def posted(notice: Publicity | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    first, last = office_day(notice.posted_at), notice.last_day
    return {"publicity_id": notice.publicity_id, "starts_on": first, "ends_on": last}


def _current(case: Case, actor: Actor) -> dict[str, Any] | None:
    """The open step: the actor's own when it has one, else the first."""
    body = body_of(actor)
    opened = [step for step in case.steps if step.state == StepState.OPEN]
    step = next((s for s in opened if s.body_id == body), next(iter(opened), None))
    if step is None:
        return None
    return {
        "step_id": step.step_id,
        "step_key": step.key,
        "name": {"zh": step.name_zh, "en": step.name_en},
        "organisation_id": step.body_id,
        "organisation_name": step.body_name,
        "since": step.opened_at,
        "due_on": step.due_on,
        "overdue": step.overdue_at is not None,
        "publicity": step.publicity is not None,
        "committee_id": step.committee_id,
        "pass_mark": step.exam["pass_mark"] if step.exam else None,
        "actions": possible(actor, step.actions) if step.body_id == body else [],
        "opinion_required": step.opinion_required,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.step_id,
        "score": step.score,
        "step_key": step.key,
        "name": {"zh": step.name_zh, "en": step.name_en},
        "organisation_id": step.body_id,
        "organisation_name": step.body_name,
        "round": step.round,
        "state": step.state,
        "opened_at": step.opened_at,
        "decided_at": step.decided_at,
    }


def entry(line: LogEntry, actor: Actor) -> dict[str, Any]:
    return {
        "step_key": line.step_key,
        "name": {"zh": line.name_zh, "en": line.name_en} if line.step_key else None,
        "organisation_name": line.body_name,
        "action": line.action,
        "opinion": line.opinion,
        "items": line.items or [],
        "at": line.at,
        "round": line.round,
        "account_id": line.account_id if actor.kind == Kind.ADMIN else None,
    }
