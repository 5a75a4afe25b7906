"""Who acts for a unit, and who asks to."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, NotFound
from shenbao_units.domain.officers import RequestState
from shenbao_units.models import Officer, OfficerRequest, Unit


def acting(session: Session, unit_id: UUID) -> Sequence[Officer]:
    """The unit's present officers, locked until the transaction ends, so that not two leave at the same moment."""
    session.execute(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update())
    query = sa.select(Officer).where(Officer.unit_id == unit_id, Officer.until.is_(None))
    return session.scalars(query.with_for_update()).all()


def officers(session: Session, unit_id: UUID | None, *, after: str | None, limit: int) -> Page[Officer]:
    """Present and former officers of a unit, the first first."""
    query = sa.select(Officer).where(Officer.unit_id == unit_id)
    return page(session, query, by=[Officer.account_id], after=after, limit=limit, descending=False)


def ensure_acting(session: Session, account_id: UUID) -> None:
    """Refuses who was an officer: the news of it may still be on its way to the tokens (`no_longer_officer`)."""
    row = session.get(Officer, account_id)
    if row is not None and row.until is not None:
        raise NotAllowed("no_longer_officer")


def officer_to_change(session: Session, unit_id: UUID | None, account_id: UUID) -> Officer:
    """A present officer of the unit; unit and officer are locked, in the order that `acting` locks them."""
    session.execute(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update())
    query = sa.select(Officer).where(Officer.account_id == account_id, Officer.unit_id == unit_id)
    found = session.scalars(query.where(Officer.until.is_(None)).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def requests(actor: Actor) -> sa.Select[OfficerRequest]:
    """What this actor may decide: of the own unit; of units under the own department, where a letter was brought."""
    query = sa.select(OfficerRequest)
    if actor.kind is Kind.OFFICE:
        units = sa.select(Unit.id).where(Unit.department_id == actor.organisation_id)
        return query.where(OfficerRequest.unit_id.in_(units), OfficerRequest.letter_id.is_not(None))
    if actor.unit_id is None:
        # No unit would mean: the requests that found no unit, which are nobody's to see.
        return query.where(sa.false())
    return query.where(OfficerRequest.unit_id == actor.unit_id)


def waiting(session: Session, actor: Actor, *, after: str | None, limit: int) -> Page[OfficerRequest]:
    """Requests that wait for this actor, the oldest first."""
    query = requests(actor).where(OfficerRequest.state == RequestState.WAITING.value)
    return page(session, query, by=[OfficerRequest.id], after=after, limit=limit, descending=False)


def request_for(session: Session, actor: Actor, request_id: UUID, *, held: bool = False) -> OfficerRequest:
    """One that waits, or waited, for this actor."""
    query = requests(actor).where(OfficerRequest.id == request_id)
    found = session.scalars(query.with_for_update(of=OfficerRequest) if held else query).one_or_none()
    if found is None:
        raise NotFound
    return found


def request_of(session: Session, account_id: UUID) -> OfficerRequest:
    """What this account has asked for."""
    found = session.scalars(sa.select(OfficerRequest).where(OfficerRequest.account_id == account_id)).one_or_none()
    if found is None:
        raise NotFound
    return found
