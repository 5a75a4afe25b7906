"""One decision for thousands of cases: noted whole, carried out piece by piece by any worker, repeatable and stoppable.

A piece is one transaction that holds the batch's row, so two workers never meet in one batch, and a worker that dies
leaves the piece undone for the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shenbao_common.bus.faults import reason
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, Refusal
from shenbao_common.kernel.ids import uuid7
from shenbao_common.web import accounts
from shenbao_review.actions import decisions
from shenbao_review.actions.decisions import Result, Verdict
from shenbao_review.domain.decision import ensure_may
from shenbao_review.domain.states import Action, BatchState, ItemState, StepState
from shenbao_review.models import Batch, BatchItem, QueueEntry

MOST = 5000
PIECE = 100
"""Cases of one transaction: a stop waits for no more, and progress shows in such steps."""

_log = structlog.get_logger()
_ITEMS = cast(sa.Table, BatchItem.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which cases: those named, each with the version that was shown; or all that wait under a filter."""

    ids: Sequence[UUID] = ()
    versions: Mapping[UUID, int] = field(default_factory=dict)
    project_id: UUID | None = None


def begin(session: Session, chosen: Chosen, verdict: Verdict) -> Batch:
    """Notes what is to be decided; the workers do it."""
    actor = verdict.actor
    if actor.kind != Kind.OFFICE or actor.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    ensure_may(actor, verdict.action)
    batch = Batch(
        batch_id=uuid7(),
        body_id=actor.organisation_id,
        actor=_noted(actor),
        action=verdict.action,
        opinion=(verdict.opinion or "").strip() or None,
        state=BatchState.RUNNING,
        made_at=verdict.now,
    )
    items = _named(session, batch, chosen) if chosen.ids else _waiting(session, batch, chosen)
    if not items:
        raise Conflict("nothing_chosen")
    batch.total = len(items)
    session.add(batch)
    session.flush()
    session.execute(sa.insert(_ITEMS), items)
    return batch


def _named(session: Session, batch: Batch, chosen: Chosen) -> list[dict[str, Any]]:
    own = sa.select(QueueEntry.application_id, QueueEntry.reference).where(QueueEntry.body_id == batch.body_id)
    rows = session.execute(own.where(QueueEntry.application_id.in_(chosen.ids)))
    known = {row.application_id: row.reference for row in rows}
    ids = dict.fromkeys(chosen.ids)
    return [_item(batch, n, i, known.get(i, ""), chosen.versions.get(i)) for n, i in enumerate(ids)]


def _waiting(session: Session, batch: Batch, chosen: Chosen) -> list[dict[str, Any]]:
    """What waits longest comes first; what comes meanwhile is not touched."""
    query = (
        sa.select(QueueEntry.application_id, QueueEntry.reference)
        .where(QueueEntry.body_id == batch.body_id, QueueEntry.tab == StepState.OPEN)
        .order_by(QueueEntry.since, QueueEntry.application_id)
        .limit(MOST)
    )
    if chosen.project_id:
        query = query.where(QueueEntry.project_id == chosen.project_id)
    return [_item(batch, n, row.application_id, row.reference, None) for n, row in enumerate(session.execute(query))]


def _item(batch: Batch, number: int, application_id: UUID, reference: str, version: int | None) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "number": number,
        "application_id": application_id,
        "reference": reference,
        "version": version,
        "result": ItemState.PENDING,
    }


def stop(session: Session, batch: Batch, *, now: datetime) -> None:
    """Ends a running batch after its present piece; what is decided stays decided. The row is held."""
    if batch.state == BatchState.RUNNING:
        _end(batch, BatchState.STOPPED, now, why="by_hand")


def advance(session: Session, now: datetime) -> bool:
    """Carries out the next piece of a batch that no other worker has in hand; False when there is none.

    Batches take turns, whatever becomes of a piece: the longest, or one whose pieces fail, holds up no other.
    """
    turn = sa.select(Batch).where(Batch.state == BatchState.RUNNING).order_by(Batch.tried_at.nulls_first())
    batch = session.scalar(turn.order_by(Batch.batch_id).limit(1).with_for_update(skip_locked=True))
    if batch is None:
        return False
    batch.tried_at = now
    try:
        with session.begin_nested():
            _next_piece(session, batch, now)
    except Exception as fault:  # noqa: BLE001  (the piece is tried again when its turn comes)
        _log.warning("piece_failed", batch_id=str(batch.batch_id), reason=reason(fault))
    return True


def _next_piece(session: Session, batch: Batch, now: datetime) -> None:
    actor = _remembered(batch.actor)
    try:
        accounts.ensure_current(session, actor)
    except Refusal as why:
        _end(batch, BatchState.STOPPED, now, why=why.code)
        return
    _decide(session, batch, _piece(session, batch), actor, now)
    if batch.decided + batch.refused == batch.total:
        _end(batch, BatchState.FINISHED, now)


def _piece(session: Session, batch: Batch) -> Sequence[BatchItem]:
    pending = sa.select(BatchItem).where(BatchItem.batch_id == batch.batch_id, BatchItem.result == ItemState.PENDING)
    return session.scalars(pending.order_by(BatchItem.number).limit(PIECE)).all()


def _decide(session: Session, batch: Batch, piece: Sequence[BatchItem], actor: Actor, now: datetime) -> None:
    action, opinion = Action(batch.action), batch.opinion
    verdict = Verdict(actor=actor, action=action, opinion=opinion, now=now, batch_id=batch.batch_id)
    versions = {item.application_id: item.version for item in piece if item.version is not None}
    results = decisions.decide_all(session, [item.application_id for item in piece], verdict, versions)
    for item, result in zip(piece, results, strict=True):
        _note(item, result)
    refused = sum(item.result == ItemState.REFUSED for item in piece)
    batch.refused += refused
    batch.decided += len(piece) - refused


def _note(item: BatchItem, result: Result) -> None:
    item.result, item.code = result.result, result.code
    errors = [{"code": p.code, "path": p.path, "params": dict(p.params)} for p in result.errors]
    item.errors = errors or None


def _end(batch: Batch, state: BatchState, now: datetime, *, why: str | None = None) -> None:
    batch.state, batch.stopped_why, batch.ended_at = state, why, now


def _noted(actor: Actor) -> dict[str, Any]:
    return {
        "account_id": str(actor.account_id),
        "revision": actor.revision,
        "organisation_id": str(actor.organisation_id),
        "permissions": sorted(actor.permissions),
    }


def _remembered(noted: Mapping[str, Any]) -> Actor:
    return Actor(
        account_id=UUID(noted["account_id"]),
        kind=Kind.OFFICE,
        revision=noted["revision"],
        organisation_id=UUID(noted["organisation_id"]),
        permissions=frozenset(noted["permissions"]),
    )
