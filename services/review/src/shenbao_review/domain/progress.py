"""What a decision does to the steps of a case: open the next stage, end the case, send it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shenbao_review.domain.states import Action, CaseState, StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One step of the present round: its stage and state."""

    id: UUID
    stage: int
    state: StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """New states by step, and that of the case."""

    case: CaseState
    steps: dict[UUID, StepState] = field(default_factory=dict)


_DECIDED = {
    Action.PASS: StepState.PASSED,
    Action.RETURN: StepState.RETURNED,
    Action.FAIL: StepState.FAILED,
}
_ENDED = {Action.RETURN: CaseState.RETURNED, Action.FAIL: CaseState.FAILED}


def begun(places: Sequence[Place]) -> Outcome:
    """The first stage that waits is open; a case in which nothing waits is through."""
    waiting = [place for place in places if place.state == StepState.WAITING]
    if not waiting:
        return Outcome(case=CaseState.PASSED)
    first = min(place.stage for place in waiting)
    return Outcome(
        case=CaseState.IN_REVIEW,
        steps={place.id: StepState.OPEN for place in waiting if place.stage == first},
    )


def after(places: Sequence[Place], decided: UUID, action: Action) -> Outcome:
    """What follows when an open step is decided; the places are all steps of the round.

    A stage is through when all its steps are passed. A return or a failure cancels everything that is not decided.
    """
    others = [place for place in places if place.id != decided]
    own = {decided: _DECIDED[action]}
    if action in _ENDED:
        return Outcome(case=_ENDED[action], steps=own | _cancelled(others))
    if any(place.state == StepState.OPEN for place in others):
        return Outcome(case=CaseState.IN_REVIEW, steps=own)
    next_stage = begun(others)
    return Outcome(case=next_stage.case, steps=own | next_stage.steps)


def recalled(places: Sequence[Place]) -> Outcome:
    """The unit took the case back: what is open or waiting is cancelled (T24)."""
    return Outcome(case=CaseState.RECALLED, steps=_cancelled(places))


def _cancelled(places: Sequence[Place]) -> dict[UUID, StepState]:
    undecided = {StepState.OPEN, StepState.WAITING}
    return {place.id: StepState.CANCELLED for place in places if place.state in undecided}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One step of any round since the case was first reported, or reported anew after a recall."""

    round: int
    stage: int
    key: str
    state: StepState


def returned_stage(past: Sequence[Past]) -> int:
    """The stage of the latest return; 0 when there is none."""
    returns = [step for step in past if step.state == StepState.RETURNED]
    return max(returns, key=lambda step: step.round).stage if returns else 0


def kept(past: Sequence[Past]) -> frozenset[str]:
    """Keys of passed steps of parallel stages: a return by one of several deciders does not undo the others (C2.3).

    The latest round in which a step was laid out counts: who was asked again and did not pass is asked once more.
    """
    parallel: dict[int, set[str]] = {}
    latest: dict[str, Past] = {}
    for step in sorted(past, key=lambda step: step.round):
        parallel.setdefault(step.stage, set()).add(step.key)
        latest[step.key] = step
    return frozenset(
        key for key, step in latest.items() if step.state == StepState.PASSED and len(parallel[step.stage]) > 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What one step left in its decider's queue."""

    state: StepState
    decided_at: datetime | None


def tab(traces: Sequence[Trace]) -> StepState | None:
    """Under which tab a case stands in a body's queue, by that body's own steps; None when in none of them.

    A case that waits for the body is open, whatever it decided before; else its latest decision counts.
    """
    if any(trace.state == StepState.OPEN for trace in traces):
        return StepState.OPEN
    decided = [(t.decided_at, t.state) for t in traces if t.decided_at and t.state != StepState.CANCELLED]
    return max(decided)[1] if decided else None
