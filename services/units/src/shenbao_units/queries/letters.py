"""Authorization letters: the unit's own, a bureau's queue, and who asks for them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_units.domain.letters import LetterState
from shenbao_units.domain.levels import Level
from shenbao_units.models import AuthorizationLetter, Organisation


def demanded(session: Session, department_id: UUID) -> bool:
    """Does the department, or anything above it, ask units for a letter?"""
    here = sa.select(Organisation.id, Organisation.parent_id, Organisation.demands_letter)
    line = here.where(Organisation.id == department_id).cte("line", recursive=True)
    line = line.union_all(here.where(Organisation.id == line.c.parent_id))
    return session.scalar(sa.select(sa.func.bool_or(line.c.demands_letter))) or False


def latest(session: Session, unit_id: UUID) -> AuthorizationLetter | None:
    query = sa.select(AuthorizationLetter).where(AuthorizationLetter.unit_id == unit_id)
    return session.scalars(query.order_by(AuthorizationLetter.id.desc()).limit(1)).one_or_none()


def waiting(session: Session, bureau_id: UUID | None, *, after: str | None, limit: int) -> Page[AuthorizationLetter]:
    """What waits for this bureau, the oldest first; other districts' letters are not among it."""
    query = _of(bureau_id).where(AuthorizationLetter.state == LetterState.SUBMITTED.value)
    return page(session, query, by=[AuthorizationLetter.id], after=after, limit=limit, descending=False)


def to_decide(session: Session, bureau_id: UUID | None, letter_id: UUID) -> AuthorizationLetter:
    """One of the bureau's letters, locked until the transaction ends."""
    query = _of(bureau_id).where(AuthorizationLetter.id == letter_id).with_for_update(of=AuthorizationLetter)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def bureaus(session: Session, *, q: str | None, after: str | None, limit: int) -> Page[Organisation]:
    """What a unit can be affiliated to, by name."""
    query = sa.select(Organisation).where(
        Organisation.level == Level.CITY_HR_BUREAU.value, Organisation.cancelled_at.is_(None)
    )
    if q:
        query = query.where(Organisation.name.icontains(q, autoescape=True))
    by = [Organisation.name, Organisation.id]
    return page(session, query, by=by, after=after, limit=limit, descending=False)


def _of(bureau_id: UUID | None) -> sa.Select[AuthorizationLetter]:
    return sa.select(AuthorizationLetter).where(AuthorizationLetter.affiliation_id == bureau_id)
