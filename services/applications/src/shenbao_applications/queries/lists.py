"""Lists of applications, newest first, and how many there are of each status.

An office or an administrator may read a million. In an index those of one status stand in the order of the list, so a
tab takes the newest of each of its statuses: what is rare is found at once, however much there is of the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.tabs import ALL, COUNT_BOUND, TABS
from shenbao_applications.models import Application
from shenbao_applications.models.received import Received
from shenbao_applications.queries.applications import in_scope, whole
from shenbao_common.data.paging import Page, beyond, page
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor, Kind

Filters = Mapping[str, Any]
Ids = sa.Select[UUID]

_READ_MANY = frozenset({Kind.OFFICE, Kind.ADMIN})


def listed(session: Session, actor: Actor, filters: Filters, *, after: str | None, limit: int) -> Page[Application]:
    """A page of the list under any of the API's `Filters`."""
    ids = newest(session, actor, filters, after=after, limit=limit + 1)
    return page(session, whole().where(Application.id.in_(ids)), by=[Application.id], after=after, limit=limit)


def beginning(session: Session, actor: Actor, filters: Filters, *, limit: int) -> list[Application]:
    """So many of the list from its beginning, for a table."""
    found = whole().where(Application.id.in_(newest(session, actor, filters, limit=limit)))
    return list(session.scalars(found.order_by(Application.id.desc())))


def newest(session: Session, actor: Actor, filters: Filters, *, limit: int, after: str | None = None) -> Ids:
    """The ids of so many of the list, after those that were seen."""
    parts = [
        part.where(beyond(after, [part.selected_columns[0]])).order_by(part.selected_columns[0].desc()).limit(limit)
        for part in _parts(session, actor, filters)
    ]
    together = sa.union_all(*parts).subquery()
    return sa.select(together.c[0]).order_by(together.c[0].desc()).limit(limit)


def matching(session: Session, actor: Actor, filters: Filters) -> Ids:
    """The ids of the whole list, in no order."""
    together = sa.union_all(*_parts(session, actor, filters)).subquery()
    return sa.select(together.c[0])


def counts_by_status(session: Session, actor: Actor, filters: Filters) -> dict[str, int]:
    """How many of each status, up to the bound; where there cannot be many, up to the bound in all."""
    if actor.kind in _READ_MANY:
        statuses = _wanted(filters)
        each = [
            sa.select(sa.func.count()).select_from(part.limit(COUNT_BOUND).subquery()).scalar_subquery().label(status)
            for status, part in zip(statuses, _by_status(session, actor, filters, statuses), strict=True)
        ]
        return dict(session.execute(sa.select(*each)).one()._mapping)
    own = sa.select(Application.status).where(*_own(session, actor, filters))
    bounded = own.limit(COUNT_BOUND).subquery()
    counted = session.execute(sa.select(bounded.c.status, sa.func.count()).group_by(bounded.c.status))
    return {row[0]: row[1] for row in counted}


def _parts(session: Session, actor: Actor, filters: Filters) -> list[Ids]:
    """What the list is made of: as few as can be read in its order."""
    statuses = _wanted(filters)
    if actor.kind in _READ_MANY and len(statuses) < len(ALL):
        return _by_status(session, actor, filters, statuses)
    return [sa.select(Application.id).where(*_own(session, actor, filters))]


def _by_status(session: Session, actor: Actor, filters: Filters, statuses: Sequence[str]) -> list[Ids]:
    narrowed = _narrowed(session, filters)
    if actor.kind is Kind.ADMIN:
        return [sa.select(Application.id).where(Application.status == status, *narrowed) for status in statuses]
    received = sa.select(Received.application_id).where(Received.organisation_id == actor.organisation_id)
    if narrowed:
        received = received.join(Application, Application.id == Received.application_id).where(*narrowed)
    return [received.where(Received.status == status) for status in statuses]


def _own(session: Session, actor: Actor, filters: Filters) -> list[sa.ColumnElement[bool]]:
    return [in_scope(actor), Application.status.in_(_wanted(filters)), *_narrowed(session, filters)]


def _wanted(filters: Filters) -> list[str]:
    """The statuses that tab and status both let in; none is like one that nothing has."""
    asked = filters.get("status") or ALL
    return [status for status in TABS[filters.get("tab") or "all"] if status in asked] or [""]


def _narrowed(session: Session, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What the other filters say; q: exact name or ID number of the person, or the start of a reference number."""
    names = ("project_id", "programme", "variant")
    said = [getattr(Application, name) == filters[name] for name in names if filters.get(name) is not None]
    if filters.get("ids"):
        said.append(Application.id.in_(filters["ids"]))
    if filters.get("q"):
        said.append(_found_by(session, filters["q"].strip()))
    return said


def _found_by(session: Session, text: str) -> sa.ColumnElement[bool]:
    blind = sealer_of(session).blind
    return sa.or_(
        Application.name_index == blind(f"name:{text}"),
        Application.number_index == blind(f"number:{text.upper()}"),
        Application.reference.startswith(text, autoescape=True),
    )
