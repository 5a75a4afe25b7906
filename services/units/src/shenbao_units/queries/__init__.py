"""Reads used more than once, and the lists."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_units.domain.letters import ADMITTED
from shenbao_units.domain.levels import SUPERVISING, Level
from shenbao_units.domain.organisations import Remaining
from shenbao_units.domain.sub_account import State
from shenbao_units.models import (
    ApplicationCopy,
    HistoryEntry,
    OfficeAccount,
    Organisation,
    SubAccount,
    Unit,
    UnitNamePart,
)


def organisation(session: Session, organisation_id: UUID) -> Organisation:
    found = session.get(Organisation, organisation_id)
    if found is None or found.cancelled_at:
        raise NotFound
    return found


def organisation_to_change(session: Session, organisation_id: UUID) -> Organisation:
    """The node, locked until the transaction ends."""
    query = sa.select(Organisation).where(Organisation.id == organisation_id, Organisation.cancelled_at.is_(None))
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def organisation_to_join(session: Session, organisation_id: UUID) -> Organisation | None:
    """A node that something is to stand under: several may come at once, but nobody cancels it meanwhile."""
    return session.get(Organisation, organisation_id, with_for_update={"read": True}, populate_existing=True)


def ensure_in_tree_of(session: Session, organisation_id: UUID, root_id: UUID) -> None:
    """Refuses, as if it did not exist, what is not the root itself or below it."""
    found = sa.select(Organisation.id).where(Organisation.id == organisation_id, Organisation.id.in_(tree(root_id)))
    if session.scalar(found) is None:
        raise NotFound


def tree(root_id: UUID) -> sa.Select[tuple[UUID]]:
    """The ids of an organisation and of all below it."""
    top = sa.select(Organisation.id).where(Organisation.id == root_id).cte("tree", recursive=True)
    below = sa.select(Organisation.id).where(Organisation.parent_id == top.c.id)
    return sa.select(top.union_all(below).c.id)


def remaining(session: Session, organisation_id: UUID) -> Remaining:
    """What keeps an organisation from being cancelled."""
    children = sa.select(sa.func.count()).where(
        Organisation.parent_id == organisation_id, Organisation.cancelled_at.is_(None)
    )
    staff = sa.select(sa.func.count()).where(OfficeAccount.organisation_id == organisation_id, OfficeAccount.active)
    units = sa.select(sa.func.count()).where(Unit.department_id == organisation_id)
    counts = [session.scalar(query) or 0 for query in (children, staff, units)]
    return Remaining(children=counts[0], staff=counts[1], units=counts[2])


def last_child_code(session: Session, parent: Organisation, digits: int) -> str | None:
    """The highest code below `parent` that its coding rule gave, cancelled ones too."""
    query = sa.select(sa.func.max(Organisation.code)).where(
        Organisation.code.regexp_match(f"^{parent.code}[0-9]{{{digits}}}$"),
        Organisation.code.startswith(parent.code, autoescape=True),
    )
    return session.scalar(query)


def level_of(row: Organisation | None) -> Level | None:
    """None also of one that is cancelled."""
    return None if row is None or row.cancelled_at else Level(row.level)


def organisations(
    session: Session,
    *,
    root_id: UUID | None,
    parent_id: UUID | None,
    level: str | None,
    after: str | None,
    limit: int,
) -> Page[Organisation]:
    """The tree's nodes by code, from the root on; narrowed to the children of one node, or to one level."""
    query = sa.select(Organisation).where(Organisation.cancelled_at.is_(None))
    if root_id:
        query = query.where(Organisation.id.in_(tree(root_id)))
    if parent_id:
        query = query.where(Organisation.parent_id == parent_id)
    if level:
        query = query.where(Organisation.level == level)
    return page(
        session,
        query,
        by=[Organisation.code],
        after=after,
        limit=limit,
        descending=False,
    )


def departments(session: Session, *, q: str | None, after: str | None, limit: int) -> Page[Organisation]:
    """What employers can stand under, by name."""
    query = sa.select(Organisation).where(Organisation.level.in_(SUPERVISING), Organisation.cancelled_at.is_(None))
    if q:
        query = query.where(Organisation.name.icontains(q, autoescape=True))
    return page(
        session,
        query,
        by=[Organisation.name, Organisation.id],
        after=after,
        limit=limit,
        descending=False,
    )


def unit(session: Session, unit_id: UUID | None) -> Unit:
    found = session.get(Unit, unit_id) if unit_id else None
    if found is None:
        raise NotFound
    return found


def unit_to_change(session: Session, unit_id: UUID | None) -> Unit:
    """The unit, locked until the transaction ends."""
    query = sa.select(Unit).where(Unit.id == unit_id).with_for_update(of=Unit)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def units_named(session: Session, *, q: str, after: str | None, limit: int) -> Page[UnitNamePart]:
    """Registered units with this part in their names, each once, those whose name goes on soonest first.

    Those whose authorization letter is due and not approved are not among them (S1-14).

    A range of the index, however many units there are and however many have the part.
    """
    low = q.lower()
    query = sa.select(UnitNamePart).where(UnitNamePart.part >= low, UnitNamePart.part < low + chr(0x10FFFF))
    found = page(
        session,
        # The name only: what of a unit is sealed is not opened for a search.
        query.join(UnitNamePart.unit)
        .where(Unit.letter_state.in_(ADMITTED))
        .options(contains_eager(UnitNamePart.unit).load_only(Unit.name)),
        by=[UnitNamePart.part, UnitNamePart.unit_id],
        after=after,
        limit=limit,
        descending=False,
    )
    # Only where the part stands first, so that a name with it twice is found once.
    return Page([row for row in found.items if row.at == row.unit.name.lower().find(low) + 1], found.next)


def history(session: Session, unit_id: UUID, *, act: str | None, after: str | None, limit: int) -> Page[HistoryEntry]:
    """What happened to a unit, the latest first."""
    query = sa.select(HistoryEntry).where(HistoryEntry.unit_id == unit_id)
    if act:
        query = query.where(HistoryEntry.act == act)
    return page(session, query, by=[HistoryEntry.id], after=after, limit=limit)


def reported_count(session: Session, unit_id: UUID) -> int:
    """Applications of the unit that are reported and not yet ended: in review, returned, in publicity."""
    query = (
        sa.select(sa.func.count())
        .select_from(ApplicationCopy)
        .where(
            ApplicationCopy.unit_id == unit_id,
            ApplicationCopy.reported,
            ApplicationCopy.failed_round < ApplicationCopy.round,
        )
    )
    return session.scalar(query) or 0


def has_records(session: Session, account_id: UUID) -> bool:
    """Has this account filled any application that still exists?"""
    query = sa.select(ApplicationCopy.application_id).where(ApplicationCopy.filler_id == account_id).limit(1)
    return session.scalar(query) is not None


def sub_account(session: Session, unit_id: UUID | None, account_id: UUID) -> SubAccount:
    return _one(session, _sub_account(unit_id, account_id))


def sub_account_to_change(session: Session, unit_id: UUID | None, account_id: UUID) -> SubAccount:
    """The unit's own sub-account, locked until the transaction ends."""
    return _one(session, _sub_account(unit_id, account_id).with_for_update())


def sub_accounts(
    session: Session, unit_id: UUID | None, *, q: str | None, state: str | None, after: str | None, limit: int
) -> Page[SubAccount]:
    """The unit's sub-accounts by user name."""
    query = sa.select(SubAccount).where(SubAccount.unit_id == unit_id, SubAccount.state != State.DELETED.value)
    if state:
        query = query.where(SubAccount.state == state)
    if q:
        query = query.where(
            SubAccount.account_id.in_(_named(session, unit_id, q)) | SubAccount.username.icontains(q, autoescape=True)
        )
    return page(
        session,
        query,
        by=[SubAccount.username, SubAccount.account_id],
        after=after,
        limit=limit,
        descending=False,
    )


def _named(session: Session, unit_id: UUID | None, part: str) -> list[UUID]:
    """The unit's sub-accounts with this part in their names; these are sealed, so each is opened and looked at."""
    query = sa.select(SubAccount).where(SubAccount.unit_id == unit_id, SubAccount.state != State.DELETED.value)
    wanted = part.casefold()
    return [row.account_id for row in session.scalars(query) if wanted in row.display_name.casefold()]


def _sub_account(unit_id: UUID | None, account_id: UUID) -> sa.Select[SubAccount]:
    return sa.select(SubAccount).where(
        SubAccount.account_id == account_id, SubAccount.unit_id == unit_id, SubAccount.state != State.DELETED.value
    )


def _one(session: Session, query: sa.Select[SubAccount]) -> SubAccount:
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
