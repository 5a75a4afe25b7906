"""Packages of an office: those it sent, and those it got."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_review.models import Package

_WHOLE = sa.select(Package).options(selectinload(Package.cases))


def packages_page(session: Session, body_id: UUID, *, sent: bool, after: str | None, limit: int) -> Page[Package]:
    """The latest first."""
    own = _WHOLE.where((Package.from_id if sent else Package.to_id) == body_id)
    return page(session, own, by=[Package.package_id], after=after, limit=limit)


def package_of(session: Session, package_id: UUID, body_id: UUID) -> Package:
    """For its sender and its receiver; for everybody else it does not exist."""
    return _found(session, _WHOLE.where(sa.or_(Package.from_id == body_id, Package.to_id == body_id)), package_id)


def package_to_receive(session: Session, package_id: UUID, body_id: UUID) -> Package:
    """Held, for its receiver alone."""
    return _found(session, _WHOLE.where(Package.to_id == body_id).with_for_update(of=Package), package_id)


def _found(session: Session, query: sa.Select[Package], package_id: UUID) -> Package:
    found = session.scalar(query.where(Package.package_id == package_id))
    if found is None:
        raise NotFound
    return found
