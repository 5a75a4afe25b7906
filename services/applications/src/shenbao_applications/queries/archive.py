"""Records of the performance archive that an actor may read, their lists, counts and log."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from shenbao_applications.domain.archive import SHOWN_TO_UNIT, State
from shenbao_applications.domain.tabs import COUNT_BOUND
from shenbao_applications.models import Unit
from shenbao_applications.models.archive import ArchiveEntry, ArchiveHolder, ArchiveRecord
from shenbao_applications.queries import pieces
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound

ALL = "all"
TABS = (State.PENDING.value, State.PASSED.value, State.FAILED.value, ALL)


def in_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """A person's own; what was ever handed in to a unit; a department's that of units which examine nothing."""
    if actor.kind is Kind.PERSON:
        return ArchiveRecord.account_id == actor.account_id
    if actor.kind is Kind.UNIT:
        return ArchiveRecord.unit_id == actor.unit_id
    if actor.kind is Kind.OFFICE and actor.may("review.decide"):
        below = sa.select(Unit.id).where(Unit.department_id == actor.organisation_id, Unit.self_declaring)
        return ArchiveRecord.unit_id.in_(below)
    return sa.false()


def _shown_to(actor: Actor) -> sa.ColumnElement[bool]:
    """What of it the actor may read: a record that was given back is its owner's, who works on it (S1-20)."""
    whole = actor.kind is Kind.PERSON
    return in_scope(actor) if whole else sa.and_(in_scope(actor), ArchiveRecord.state.in_(SHOWN_TO_UNIT))


def record_of(session: Session, record_id: UUID, actor: Actor) -> ArchiveRecord:
    """Refuses as not found what the actor may not read."""
    found = session.scalar(_whole().where(ArchiveRecord.id == record_id, _shown_to(actor)))
    if found is None:
        raise NotFound
    return found


def record_to_change(session: Session, record_id: UUID, actor: Actor) -> ArchiveRecord:
    """One that the actor may decide about or, being its owner, change; held until the transaction ends."""
    found = records_to_change(session, [record_id], actor)
    if not found:
        raise NotFound
    return found[0]


def records_to_change(session: Session, ids: Collection[UUID], actor: Actor) -> Sequence[ArchiveRecord]:
    """Held in one order, so that two batches do not block each other.

    Also what was given back meanwhile, which is answered as decided already (S1-24).
    """
    query = _whole().where(ArchiveRecord.id.in_(ids), in_scope(actor)).order_by(ArchiveRecord.id)
    return session.scalars(query.with_for_update(of=ArchiveRecord).execution_options(populate_existing=True)).all()


def handed_in(session: Session, unit_id: UUID) -> Sequence[ArchiveRecord]:
    """What a unit's people gave to it, for who verifies it."""
    shown = ArchiveRecord.unit_id == unit_id, ArchiveRecord.state.in_(SHOWN_TO_UNIT)
    return session.scalars(_whole().where(*shown).order_by(ArchiveRecord.id)).all()


def _whole() -> sa.Select[ArchiveRecord]:
    return sa.select(ArchiveRecord).options(joinedload(ArchiveRecord.holder), selectinload(ArchiveRecord.versions))


def records_page(
    session: Session, actor: Actor, wanted: Mapping[str, Any], *, after: str | None, limit: int
) -> Page[ArchiveRecord]:
    """wanted: category, tab, q. The latest first; a person sees under `all` also drafts and what was given back."""
    query = _listed(session, actor, wanted["category"], wanted["tab"], wanted["q"])
    query = query.options(contains_eager(ArchiveRecord.holder), selectinload(ArchiveRecord.versions))
    return page(session, query, by=[ArchiveRecord.id], after=after, limit=limit)


def counts(session: Session, actor: Actor, category: str | None, q: str) -> dict[str, int]:
    """How many each tab holds, up to the bound; all: pending, passed and not passed together (S1-20)."""
    tabs = [tab for tab in TABS if tab != ALL]
    found = _counted(session, {tab: _listed(session, actor, category, tab, q) for tab in tabs})
    return found | {ALL: sum(found.values())}


def pending(session: Session, actor: Actor, categories: Sequence[str]) -> dict[str, int]:
    """What waits for the unit, or the department, in each category."""
    return _counted(session, {key: _listed(session, actor, key, State.PENDING, "") for key in categories})


def _counted(session: Session, queries: dict[str, sa.Select[ArchiveRecord]]) -> dict[str, int]:
    counted = []
    for name, query in queries.items():
        bounded = query.with_only_columns(sa.literal(1), maintain_column_froms=True).limit(COUNT_BOUND).subquery()
        counted.append(sa.select(sa.func.count()).select_from(bounded).scalar_subquery().label(name))
    return dict(session.execute(sa.select(*counted)).one()._mapping) if counted else {}


def _listed(session: Session, actor: Actor, category: str | None, tab: str, q: str) -> sa.Select[ArchiveRecord]:
    query = sa.select(ArchiveRecord).join(ArchiveRecord.holder).where(_shown_to(actor))
    if category:
        query = query.where(ArchiveRecord.category == category)
    if tab != ALL:
        query = query.where(ArchiveRecord.state == tab)
    return query.where(pieces.holds(session, ArchiveHolder.__table__.c.parts, q)) if q else query


def log_page(session: Session, record: ArchiveRecord, *, after: str | None, limit: int) -> Page[ArchiveEntry]:
    """What was done to it, oldest first."""
    query = sa.select(ArchiveEntry).where(ArchiveEntry.record_id == record.id)
    return page(session, query, by=[ArchiveEntry.entry_id], after=after, limit=limit, descending=False)


def records_of_holder(session: Session, account_id: UUID, category: str) -> Sequence[ArchiveRecord]:
    """Everything of somebody in one category, oldest first; an archive of one person is not long."""
    own = _whole().where(ArchiveRecord.account_id == account_id, ArchiveRecord.category == category)
    return session.scalars(own.order_by(ArchiveRecord.id).limit(MOST_OF_ONE)).all()


MOST_OF_ONE = 500
