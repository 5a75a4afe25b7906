"""Preparing a sitting: candidates, members assigned or drawn by lot, attendance. Conflicts are kept out (B-05)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_review.domain.ballot import Result, Terms
from shenbao_review.domain.states import SittingState, StepState
from shenbao_review.models import Case, Committee, Expert, Sitting, SittingCase, SittingMember, Step
from shenbao_review.queries import committees, sittings
from shenbao_review.queries.cases import cases_to_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """seats: how many candidates may be through, None for all who are voted for."""

    title: str
    held_on: date
    seats: int | None


def plan(session: Session, committee: Committee, wanted: Plan, application_ids: Sequence[UUID]) -> Sitting:
    """A sitting about cases that wait for the committee, all under the same terms."""
    if committee.outside:
        raise Conflict("committee_sits_elsewhere")
    steps = _steps(session, committee.committee_id, application_ids)
    sitting = Sitting(
        sitting_id=uuid7(),
        committee_id=committee.committee_id,
        body_id=committee.body_id,
        committee_name=committee.name,
        title=wanted.title,
        held_on=wanted.held_on,
        seats=wanted.seats,
        terms=dict(steps[0].committee or {}) if steps else {},
        state=SittingState.PLANNED,
        draws=[],
        text="",
    )
    session.add(sitting)
    session.flush()
    _enter(session, sitting, steps, first=1)
    return sitting


def add_cases(session: Session, sitting: Sitting, application_ids: Sequence[UUID]) -> None:
    """Further candidates; a member who may not vote about one of them is recused from it."""
    ensure_planned(sitting)
    last = session.scalar(
        sa.select(sa.func.max(SittingCase.number)).where(SittingCase.sitting_id == sitting.sitting_id)
    )
    _enter(session, sitting, _steps(session, sitting.committee_id, application_ids), first=(last or 0) + 1)


def _steps(session: Session, committee_id: UUID, application_ids: Sequence[UUID]) -> list[Step]:
    """The open steps of these cases at this committee; refuses with the place of each that has none."""
    cases = {case.application_id: case for case in cases_to_change(session, application_ids)}
    steps = [_waiting(cases.get(one), committee_id) for one in application_ids]
    ensure([Problem("not_in_committee_step", f"ids.{n}") for n, step in enumerate(steps) if step is None])
    found = [step for step in steps if step is not None]
    taken = sa.select(SittingCase.step_id).where(SittingCase.step_id.in_([step.step_id for step in found]))
    known = set(session.scalars(taken))
    ensure([Problem("already_in_sitting", f"ids.{n}") for n, step in enumerate(found) if step.step_id in known])
    return found


def _waiting(case: Case | None, committee_id: UUID) -> Step | None:
    steps = case.steps if case else ()
    return next((s for s in steps if s.state == StepState.OPEN and s.committee_id == committee_id), None)


def _enter(session: Session, sitting: Sitting, steps: Sequence[Step], *, first: int) -> None:
    if any((step.committee or {}) != sitting.terms for step in steps):
        raise Conflict("different_terms")
    for number, step in enumerate(steps, first):
        entered = SittingCase(
            sitting_id=sitting.sitting_id,
            application_id=step.application_id,
            step_id=step.step_id,
            number=number,
            result=Result.PENDING,
        )
        session.add(entered)
    session.flush()


def assign(session: Session, sitting: Sitting, expert_ids: Sequence[UUID]) -> None:
    """Named members; refused, with the code of each conflict, who may not vote about a candidate."""
    ensure_planned(sitting)
    pool = {e.expert_id: e for e in committees.serving(session, sitting.body_id, sitting.held_on)}
    sits = {member.expert_id for member in sittings.members(session, sitting)}
    problems = [Problem("not_serving", f"expert_ids.{n}") for n, one in enumerate(expert_ids) if one not in pool]
    problems += [Problem("already_member", f"expert_ids.{n}") for n, one in enumerate(expert_ids) if one in sits]
    found = _conflicts(session, sitting, [pool[one] for one in expert_ids if one in pool])
    for number, one in enumerate(expert_ids):
        problems += [Problem(code, f"expert_ids.{number}") for code in sorted(set(found.get(one, {}).values()))]
    ensure(problems, problems[0].code if problems else "invalid")
    _seat(session, sitting, [pool[one] for one in dict.fromkeys(expert_ids)], drawn=False)


def draw(session: Session, sitting: Sitting, number: int, specialty: str | None, now: datetime) -> None:
    """So many members by lot from those who serve, know the specialty and have no conflict with any candidate.

    The order of the lot is that of a hash of the noted seed with each expert's id, so that anybody who may see it can
    draw it again.
    """
    ensure_planned(sitting)
    sits = {member.expert_id for member in sittings.members(session, sitting)}
    pool = [e for e in committees.serving(session, sitting.body_id, sitting.held_on) if e.expert_id not in sits]
    fitting = [expert for expert in pool if specialty is None or specialty in expert.specialties]
    barred = {one for one, codes in _conflicts(session, sitting, fitting).items() if codes}
    eligible = [expert for expert in fitting if expert.expert_id not in barred]
    if len(eligible) < number:
        raise Conflict("too_few_experts", eligible=len(eligible))
    seed = secrets.token_hex(16)
    drawn = sorted(eligible, key=lambda expert: lot(seed, expert.expert_id))[:number]
    _seat(session, sitting, drawn, drawn=True)
    noted = {
        "at": now.isoformat(),
        "seed": seed,
        "number": number,
        "specialty": specialty,
        "eligible": [str(expert.expert_id) for expert in eligible],
        "recused": len(barred),
    }
    sitting.draws = [*sitting.draws, noted]


def lot(seed: str, expert_id: UUID) -> str:
    """Where chance puts an expert under a seed."""
    return sha256(f"{seed}{expert_id}".encode()).hexdigest()


def _conflicts(session: Session, sitting: Sitting, experts: Collection[Expert]) -> dict[UUID, dict[UUID, str]]:
    cases = [case for _, case, _ in sittings.candidates(session, sitting.sitting_id)]
    return sittings.conflicts(session, experts, cases, same_unit=Terms.of(sitting.terms).recuse_same_unit)


def _seat(session: Session, sitting: Sitting, experts: Sequence[Expert], *, drawn: bool) -> None:
    for expert in experts:
        session.add(
            SittingMember(
                sitting_id=sitting.sitting_id, expert_id=expert.expert_id, account_id=expert.account_id, drawn=drawn
            )
        )
    session.flush()


def attend(session: Session, sitting: Sitting, expert_ids: Collection[UUID], chair_id: UUID) -> None:
    """Who is there, and who of them chairs."""
    ensure_planned(sitting)
    found = {member.expert_id: member for member in sittings.members(session, sitting)}
    problems = [Problem("unknown_member", f"expert_ids.{n}") for n, one in enumerate(expert_ids) if one not in found]
    if chair_id not in expert_ids:
        problems.append(Problem("no_chair", "chair_id"))
    ensure(problems)
    for expert_id, member in found.items():
        member.attends = expert_id in expert_ids
    sitting.chair_id = chair_id


def cancel(session: Session, sitting: Sitting) -> None:
    """The sitting does not take place: its cases wait for another one."""
    ensure_planned(sitting)
    session.execute(sa.delete(SittingCase).where(SittingCase.sitting_id == sitting.sitting_id))
    sitting.state = SittingState.CANCELLED


def ensure_planned(sitting: Sitting) -> None:
    """Refuses what may change only before anybody votes."""
    if sitting.state != SittingState.PLANNED:
        raise Conflict("not_planned")
