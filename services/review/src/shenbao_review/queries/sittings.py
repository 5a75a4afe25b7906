"""Sittings: those of an office, those in which an account sits, and everything of one."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_review.domain.conflicts import Party, conflict
from shenbao_review.models import Case, Expert, Recusal, Sitting, SittingCase, SittingCount, SittingMember, Unit
from shenbao_review.queries.committees import related
from shenbao_review.queries.officers import subject


def sittings_page(session: Session, body_id: UUID, *, after: str | None, limit: int) -> Page[Sitting]:
    """Of one office, the latest first."""
    own = sa.select(Sitting).where(Sitting.body_id == body_id)
    return page(session, own, by=[Sitting.sitting_id], after=after, limit=limit)


def sitting_of(session: Session, sitting_id: UUID, body_id: UUID, *, held: bool = False) -> Sitting:
    """Of one's own office; held against everybody else until the transaction ends."""
    own = sa.select(Sitting).where(Sitting.sitting_id == sitting_id, Sitting.body_id == body_id)
    found = session.scalar(own.with_for_update() if held else own)
    if found is None:
        raise NotFound
    return found


def seats_page(session: Session, account_id: UUID, *, after: str | None, limit: int) -> Page[SittingMember]:
    """In which sittings an account sits, the latest first."""
    own = sa.select(SittingMember).where(SittingMember.account_id == account_id)
    return page(session, own, by=[SittingMember.sitting_id], after=after, limit=limit)


def sittings_known(session: Session, sitting_ids: Collection[UUID]) -> dict[UUID, Sitting]:
    found = session.scalars(sa.select(Sitting).where(Sitting.sitting_id.in_(sitting_ids)))
    return {row.sitting_id: row for row in found}


def seat_of(session: Session, sitting_id: UUID, account_id: UUID, *, held: bool = False) -> SittingMember:
    """An account's own place; for everybody else the sitting does not exist."""
    own = sa.select(SittingMember).where(SittingMember.sitting_id == sitting_id, SittingMember.account_id == account_id)
    held_now = own.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(held_now if held else own)
    if found is None:
        raise NotFound
    return found


def sitting_known(session: Session, sitting_id: UUID) -> Sitting:
    """As it stands: for a read, which holds nothing up."""
    return session.get_one(Sitting, sitting_id)


def sitting_shared(session: Session, sitting_id: UUID) -> Sitting:
    """Held with other voters, but not with whoever closes."""
    return session.get_one(Sitting, sitting_id, with_for_update={"read": True}, populate_existing=True)


def sitting_held(session: Session, sitting_id: UUID) -> Sitting:
    """Held against everybody else."""
    return session.get_one(Sitting, sitting_id, with_for_update=True, populate_existing=True)


def members(session: Session, sitting: Sitting) -> Sequence[SittingMember]:
    """With the expert, in the order of the pool."""
    own = sa.select(SittingMember).where(SittingMember.sitting_id == sitting.sitting_id)
    return session.scalars(own.options(joinedload(SittingMember.expert)).order_by(SittingMember.expert_id)).all()


class Entered(NamedTuple):
    """A candidate with its case and the name of its unit, "" for none."""

    candidate: SittingCase
    case: Case
    unit_name: str


def candidates(session: Session, sitting_id: UUID) -> list[Entered]:
    """In their order."""
    query = (
        sa.select(SittingCase, Case, Unit.name)
        .join(Case, Case.application_id == SittingCase.application_id)
        .outerjoin(Unit, Unit.unit_id == Case.unit_id)
        .where(SittingCase.sitting_id == sitting_id)
    )
    rows = session.execute(query.order_by(SittingCase.number))
    return [Entered(row[0], row[1], row[2] or "") for row in rows]


def counts(session: Session, sitting_id: UUID) -> Sequence[SittingCount]:
    own = sa.select(SittingCount).where(SittingCount.sitting_id == sitting_id)
    return session.scalars(own.order_by(SittingCount.round, SittingCount.application_id)).all()


def recusals(session: Session, sitting_id: UUID, expert_id: UUID | None = None) -> Sequence[Recusal]:
    own = sa.select(Recusal).where(Recusal.sitting_id == sitting_id)
    return session.scalars(own.where(Recusal.expert_id == expert_id) if expert_id else own).all()


def conflicts(
    session: Session, experts: Collection[Expert], cases: Collection[Case], *, same_unit: bool
) -> dict[UUID, dict[UUID, str]]:
    """By expert and application the code of what keeps them apart."""
    known = related(session, [expert.account_id for expert in experts if expert.account_id])
    subjects = [subject(case) for case in cases]
    found: dict[UUID, dict[UUID, str]] = {}
    for expert in experts:
        declared = known.get(expert.account_id, set()) if expert.account_id else set()
        party = Party(account_id=expert.account_id, unit_id=expert.unit_id, related=declared)
        codes = {s.application_id: conflict(party, s, same_unit=same_unit) for s in subjects}
        found[expert.expert_id] = {application_id: code for application_id, code in codes.items() if code}
    return found
