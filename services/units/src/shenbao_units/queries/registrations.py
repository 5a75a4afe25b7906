"""Registrations under manual review: one's own, and a bureau's queue."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_units.domain.levels import Level
from shenbao_units.domain.registration_cases import CaseState
from shenbao_units.models import Organisation, RegistrationCase


def bureau_above(session: Session, department_id: UUID) -> UUID:
    """The bureau under which a department stands; the tree has one above each."""
    here = sa.select(Organisation.id, Organisation.parent_id, Organisation.level)
    line = here.where(Organisation.id == department_id).cte("line", recursive=True)
    line = line.union_all(here.where(Organisation.id == line.c.parent_id))
    found: UUID = session.scalars(sa.select(line.c.id).where(line.c.level == Level.CITY_HR_BUREAU.value)).one()
    return found


def of_account(session: Session, account_id: UUID, *, lock: bool = False) -> RegistrationCase | None:
    query = sa.select(RegistrationCase).where(RegistrationCase.account_id == account_id)
    return session.scalars(query.with_for_update(of=RegistrationCase) if lock else query).one_or_none()


def mine(session: Session, account_id: UUID, *, lock: bool = False) -> RegistrationCase:
    found = of_account(session, account_id, lock=lock)
    if found is None:
        raise NotFound
    return found


def waiting(session: Session, bureau_id: UUID | None, *, after: str | None, limit: int) -> Page[RegistrationCase]:
    """What waits for this bureau, the oldest first."""
    query = _of(bureau_id).where(RegistrationCase.state == CaseState.WAITING.value)
    return page(session, query, by=[RegistrationCase.id], after=after, limit=limit, descending=False)


def to_decide(session: Session, bureau_id: UUID | None, case_id: UUID) -> RegistrationCase:
    """One of the bureau's, locked until the transaction ends."""
    query = _of(bureau_id).where(RegistrationCase.id == case_id).with_for_update(of=RegistrationCase)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _of(bureau_id: UUID | None) -> sa.Select[RegistrationCase]:
    return sa.select(RegistrationCase).where(RegistrationCase.bureau_id == bureau_id)
