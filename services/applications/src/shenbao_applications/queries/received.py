"""Received applications in an order of several keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.received import LEVELS
from shenbao_applications.domain.tabs import SORT_BOUND
from shenbao_applications.models import Application, Project, Unit
from shenbao_applications.queries import applications, lists
from shenbao_common.data.paging import Page, page_of_rows
from shenbao_common.kernel.actor import Actor

_RANKS = {tier: rank for rank, tier in enumerate(LEVELS)}
_KEYS: Mapping[str, sa.ColumnElement[Any]] = {
    "unit": sa.func.coalesce(Unit.name, "").label("unit"),
    "level": sa.case(_RANKS, value=Project.tier, else_=len(_RANKS)).label("level"),
    "project": Project.name.label("project"),
    "year": Project.year.label("year"),
    "status": Application.status.label("status"),
    "reference": Application.reference.label("reference"),
}


@dataclass(frozen=True)
class Order:
    """By these keys in turn, all of them rising or falling."""

    keys: Sequence[str]
    descending: bool


def sorted_page(
    session: Session,
    actor: Actor,
    filters: Mapping[str, Any],
    order: Order,
    *,
    after: str | None,
    limit: int,
) -> Page[Application]:
    """One page of the filtered list by these keys in turn; of very long lists the newest `SORT_BOUND` are sorted."""
    bounded = lists.newest(session, actor, filters, limit=SORT_BOUND)
    return _page(session, actor, bounded, order, after=after, limit=limit)


def sorted_part(
    session: Session,
    actor: Actor,
    filters: Mapping[str, Any],
    order: Order,
    *,
    after: str | None,
    limit: int,
) -> Page[Application]:
    """The same of the whole list, however long it is: for a table, which nobody waits for."""
    return _page(session, actor, lists.matching(session, actor, filters), order, after=after, limit=limit)


def _page(
    session: Session, actor: Actor, ids: lists.Ids, order: Order, *, after: str | None, limit: int
) -> Page[Application]:
    query, by = _ordered(ids, order.keys)
    found = page_of_rows(session, query, by=by, after=after, limit=limit, descending=order.descending)
    return Page(_whole(session, actor, [row.id for row in found.items]), found.next)


def _ordered(ids: lists.Ids, keys: Sequence[str]) -> tuple[sa.Select[Any], list[sa.ColumnElement[Any]]]:
    sorted_ones = ids.subquery()
    by: list[Any] = [*(_KEYS[key] for key in dict.fromkeys(keys)), Application.id]
    query = sa.select(*by).join(sorted_ones, sorted_ones.c[0] == Application.id)
    query = query.join(Project, Project.id == Application.project_id)
    return query.outerjoin(Unit, Unit.id == Application.unit_id), by


def _whole(session: Session, actor: Actor, ids: Sequence[UUID]) -> list[Application]:
    rows = {row.id: row for row in session.scalars(applications.readable(actor).where(Application.id.in_(ids)))}
    return [rows[application_id] for application_id in ids]
