"""Committees, experts and declared relations, as far as they are the actor's own."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_review.models import Committee, Expert, Relation


def committees_page(session: Session, body_id: UUID, *, after: str | None, limit: int) -> Page[Committee]:
    """Of one office, the latest first."""
    own = sa.select(Committee).where(Committee.body_id == body_id)
    return page(session, own, by=[Committee.committee_id], after=after, limit=limit)


def committee_of(session: Session, committee_id: UUID, body_id: UUID) -> Committee:
    own = sa.select(Committee).where(Committee.committee_id == committee_id, Committee.body_id == body_id)
    found = session.scalar(own)
    if found is None:
        raise NotFound
    return found


def overlapping(session: Session, committee: Committee) -> list[Committee]:
    """Others of the same office for the same programme and group: of two, neither is the right one for a case."""
    if not committee.active:
        return []
    others = sa.select(Committee).where(Committee.body_id == committee.body_id, Committee.active)
    found = session.scalars(others.where(Committee.committee_id != committee.committee_id))
    return [other for other in found if _meet(other, committee)]


def _meet(one: Committee, other: Committee) -> bool:
    programmes = not one.programmes or not other.programmes or set(one.programmes) & set(other.programmes)
    groups = set(one.groups) & set(other.groups) or (not one.groups and not other.groups)
    return bool(programmes and groups)


def experts_page(
    session: Session, body_id: UUID, *, specialty: str | None, after: str | None, limit: int
) -> Page[Expert]:
    """The pool of an office, who came last first."""
    own = sa.select(Expert).where(Expert.body_id == body_id)
    if specialty:
        own = own.where(Expert.specialties.contains([specialty]))
    return page(session, own, by=[Expert.expert_id], after=after, limit=limit)


def expert_of(session: Session, expert_id: UUID, body_id: UUID) -> Expert:
    """Held, so that two officers do not change one expert at the same time."""
    own = sa.select(Expert).where(Expert.expert_id == expert_id, Expert.body_id == body_id)
    found = session.scalar(own.with_for_update())
    if found is None:
        raise NotFound
    return found


def serving(session: Session, body_id: UUID, day: date) -> sa.ScalarResult[Expert]:
    """Who of the pool may sit on that day: the term runs, and the expert has an account to vote with."""
    own = sa.select(Expert).where(
        Expert.body_id == body_id,
        Expert.account_id.is_not(None),
        Expert.ended_at.is_(None),
        Expert.term_from <= day,
        Expert.term_to >= day,
    )
    return session.scalars(own.order_by(Expert.expert_id))


def related(session: Session, account_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Applications and units to which each account is declared related."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    if account_ids:
        for row in session.scalars(sa.select(Relation).where(Relation.account_id.in_(account_ids))):
            found[row.account_id] |= {about for about in (row.application_id, row.unit_id) if about}
    return found


def relations_page(session: Session, account_id: UUID, *, after: str | None, limit: int) -> Page[Relation]:
    """What was declared of one account."""
    own = sa.select(Relation).where(Relation.account_id == account_id)
    return page(session, own, by=[Relation.relation_id], after=after, limit=limit)
