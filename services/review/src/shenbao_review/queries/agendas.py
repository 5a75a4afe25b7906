"""What a member of a sitting may read: the cases on its agenda, as long as they are evaluated."""

from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import NotFound
from shenbao_review.domain.ballot import Terms
from shenbao_review.domain.states import SittingState, StepState
from shenbao_review.models import Expert, Sitting, SittingMember, Step
from shenbao_review.queries import sittings

_READ = {SittingState.PLANNED, SittingState.VOTING, SittingState.CLOSED}


class Point(NamedTuple):
    """A candidate of an agenda, with the step that the sitting decides."""

    entered: sittings.Entered
    step_key: str


def agenda(session: Session, sitting: Sitting, member: SittingMember) -> list[Point]:
    """Every candidate with whom the member has no conflict, from the plan to the signature.

    A case that was recalled since is no longer read by anybody here.
    """
    if sitting.state not in _READ:
        return []
    entered = sittings.candidates(session, sitting.sitting_id)
    barred = _barred(session, sitting, member, entered)
    own = [one.candidate.step_id for one in entered]
    open_steps = sa.select(Step.step_id, Step.key).where(Step.step_id.in_(own), Step.state == StepState.OPEN)
    keys: dict[UUID, str] = {row.step_id: row.key for row in session.execute(open_steps)}
    wanted = [one for one in entered if one.candidate.application_id not in barred]
    return [Point(one, keys[one.candidate.step_id]) for one in wanted if one.candidate.step_id in keys]


def point_of(session: Session, sitting: Sitting, member: SittingMember, application_id: UUID) -> Point:
    """For whom the case is not on the agenda, it does not exist."""
    found = (p for p in agenda(session, sitting, member) if p.entered.candidate.application_id == application_id)
    point = next(found, None)
    if point is None:
        raise NotFound
    return point


def _barred(session: Session, sitting: Sitting, member: SittingMember, entered: list[sittings.Entered]) -> set[UUID]:
    """Recusals are noted when the ballot opens; who reads before that is kept from the same cases."""
    noted = {row.application_id for row in sittings.recusals(session, sitting.sitting_id, member.expert_id)}
    expert = session.get_one(Expert, member.expert_id)
    same_unit = Terms.of(sitting.terms).recuse_same_unit
    found = sittings.conflicts(session, [expert], [one.case for one in entered], same_unit=same_unit)
    return noted | found[member.expert_id].keys()
