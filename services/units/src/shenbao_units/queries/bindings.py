"""Who belongs to which unit, did, or asks to."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_units.domain.bindings import State
from shenbao_units.models import Binding


def active(session: Session, account_id: UUID, *, lock: bool = False) -> Binding | None:
    """What the person belongs to now."""
    query = sa.select(Binding).where(Binding.account_id == account_id, Binding.state == State.ACTIVE.value)
    return session.scalars(query.with_for_update(of=Binding) if lock else query).one_or_none()


def open_of(session: Session, account_id: UUID) -> dict[str, Binding | None]:
    """The binding that holds, and the one that is asked for."""
    states = (State.ACTIVE.value, State.PENDING.value)
    query = sa.select(Binding).where(Binding.account_id == account_id, Binding.state.in_(states))
    found = {row.state: row for row in session.scalars(query)}
    return {state: found.get(state) for state in states}


def of_person(session: Session, account_id: UUID, *, after: str | None, limit: int) -> Page[Binding]:
    """Every binding of a person that was ever asked for, the latest first (S4d-06)."""
    query = sa.select(Binding).where(Binding.account_id == account_id)
    return page(session, query, by=[Binding.id], after=after, limit=limit)


def of_unit(session: Session, unit_id: UUID | None, *, state: str, after: str | None, limit: int) -> Page[Binding]:
    """The unit's people, or those who wait for it, the oldest first."""
    query = sa.select(Binding).where(Binding.unit_id == unit_id, Binding.state == state)
    return page(session, query, by=[Binding.id], after=after, limit=limit, descending=False)


def to_decide(session: Session, unit_id: UUID | None, binding_id: UUID) -> Binding:
    return _one(session, sa.select(Binding).where(Binding.id == binding_id, Binding.unit_id == unit_id))


def to_withdraw(session: Session, account_id: UUID, binding_id: UUID) -> Binding:
    return _one(session, sa.select(Binding).where(Binding.id == binding_id, Binding.account_id == account_id))


def _one(session: Session, query: sa.Select[Binding]) -> Binding:
    found = session.scalars(query.with_for_update(of=Binding)).one_or_none()
    if found is None:
        raise NotFound
    return found
