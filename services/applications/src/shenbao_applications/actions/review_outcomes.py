"""Taking over what review reports of its steps. Late news of an earlier round moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions import renewals
from shenbao_applications.domain import lifecycle
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.models import Application, Step
from shenbao_applications.queries import packs
from shenbao_common.bus import outbox
from shenbao_common.kernel.ids import uuid7


class Outcome(StrEnum):
    """What was decided; the final pass ends the route."""

    PASSED = "passed"
    PASSED_FINALLY = "final"
    RETURNED = "returned"
    FAILED = "failed"


_APPLICATION, _STEP = cast(sa.Table, Application.__table__), cast(sa.Table, Step.__table__)
# What every report is followed by: without the form, which would be unsealed for nothing, and made once.
_PLACE = (
    sa.select(_APPLICATION.c.status, _APPLICATION.c.round)
    .where(_APPLICATION.c.id == sa.bindparam("of"))
    .with_for_update()
)
_ADD_STEP = insert(_STEP).on_conflict_do_nothing()

_MOVES = {
    Outcome.PASSED: Move.STEP_PASSED,
    Outcome.PASSED_FINALLY: Move.APPROVE,
    Outcome.RETURNED: Move.RETURN,
}


class _InRound(Protocol):
    """An application in any shape, as far as news of a round asks."""

    @property
    def status(self) -> Any: ...
    @property
    def round(self) -> Any: ...


@dataclass(frozen=True)
class Body:
    """The office whose step it is."""

    organisation_id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Where and when something was decided."""

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    decided_at: datetime


def open_step(session: Session, application_id: UUID, step_key: str, *, round: int, body: Body) -> None:
    """From now on the office may read the application."""
    row = session.execute(_PLACE, {"of": application_id}).one_or_none()
    if row is None:
        return
    step = {
        "id": uuid7(),
        "application_id": application_id,
        "step_key": step_key,
        "round": round,
        "organisation_id": body.organisation_id,
        "organisation_name": body.name,
        "state": _opened_state(row, round),
    }
    session.execute(_ADD_STEP, step)


def _opened_state(row: _InRound, round: int) -> str:
    """News that a recall has overtaken opens nothing to anybody."""
    if _is_present(row, round):
        return "open"
    return "recalled" if row.status in {Status.DRAFT, Status.READY_TO_REPORT} else "cancelled"


def let_watch(session: Session, application_id: UUID, step_key: str, *, round: int, body: Body) -> None:
    """A superior office watches an overdue step, and so reads the application."""
    if session.execute(_PLACE, {"of": application_id}).first() is None:
        return
    step = {
        "id": uuid7(),
        "application_id": application_id,
        "step_key": step_key,
        "round": round,
        "organisation_id": body.organisation_id,
        "organisation_name": body.name,
        "state": "watched",
    }
    session.execute(_ADD_STEP, step)


def post(session: Session, application_id: UUID, *, round: int) -> None:
    """T19: it is read by everybody now; what comes of it, review tells as the end of this step."""
    row = _locked(session, application_id)
    if row is not None and _is_present(row, round) and row.status != Status.IN_PUBLICITY:
        row.status = lifecycle.after(row.status, Move.POST)


def certify(session: Session, application_id: UUID) -> None:
    """T23; a further certificate of the same application changes nothing."""
    row = _locked(session, application_id)
    if row is not None and row.status != Status.CERTIFIED:
        row.status = lifecycle.after(row.status, Move.CERTIFY)


def take_over(session: Session, decision: Decision, outcome: Outcome, items: Sequence[str] = ()) -> None:
    """Moves the status as the step was decided. items: what a return opened, none for everything."""
    row = _locked(session, decision.application_id)
    if row is None:
        return
    _note(session, decision, outcome)
    if not _is_present(row, decision.round):
        return
    row.status = lifecycle.after(row.status, _move(session, row, decision, outcome))
    if outcome is Outcome.RETURNED:
        row.open_items = list(items) or None
    if row.status == Status.APPROVED:
        approved = renewals.approved(session, row, packs.of(session, row))
        outbox.record(session, approved, revision=row.revision)


def _move(session: Session, row: Application, decision: Decision, outcome: Outcome) -> Move:
    """A failed step does what the pack says of it."""
    if outcome is not Outcome.FAILED:
        return _MOVES[outcome]
    step = packs.of(session, row).step(decision.step_key)
    return lifecycle.AFTER_FAIL[step.get("after_fail", "rejected")]


def _locked(session: Session, application_id: UUID) -> Application | None:
    return session.scalar(sa.select(Application).where(Application.id == application_id).with_for_update())


def _is_present(row: _InRound, round: int) -> bool:
    return row.status in lifecycle.UNDER_REVIEW and row.round == round


def _note(session: Session, decision: Decision, outcome: Outcome) -> None:
    state = "passed" if outcome is Outcome.PASSED_FINALLY else outcome.value
    session.execute(
        sa.update(Step)
        .where(
            Step.application_id == decision.application_id,
            Step.round == decision.round,
            Step.step_key == decision.step_key,
            Step.organisation_id == decision.organisation_id,
            Step.state == "open",
        )
        .values(state=state, decided_at=decision.decided_at)
    )
