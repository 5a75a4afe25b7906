"""What a unit examines: the applications of its people, by the outcome of the unit's own step (S1-28)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from shenbao_applications.domain.tabs import COUNT_BOUND
from shenbao_applications.models import Application, Project, Step
from shenbao_applications.queries import pieces
from shenbao_common.data.paging import Page, page_of_rows
from shenbao_common.kernel.actor import Actor

STATES = ("open", "passed", "failed")
RETURNED, ALL = "returned", "all"
TABS = (*STATES, RETURNED, ALL)

_STEP_ID = Step.id.label("step_id")


def examined_page(session: Session, actor: Actor, filters: Mapping[str, Any]) -> Page[Any]:
    """Rows of (Application, step_id, step_state), what came last first."""
    query = _listed(session, actor, filters["tab"], filters).add_columns(_STEP_ID, Step.state.label("step_state"))
    query = query.options(
        joinedload(Application.project), joinedload(Application.unit), selectinload(Application.steps)
    )
    return page_of_rows(session, query, by=[_STEP_ID], after=filters["after"], limit=filters["limit"])


def examined(
    session: Session, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int
) -> Page[Application]:
    """The next of the filtered list in its order."""
    query = _listed(session, actor, filters["tab"], filters).add_columns(_STEP_ID)
    query = query.options(joinedload(Application.project), joinedload(Application.unit))
    found = page_of_rows(session, query, by=[_STEP_ID], after=after, limit=limit)
    return Page([row[0] for row in found.items], found.next)


def counts(session: Session, actor: Actor, filters: Mapping[str, Any]) -> dict[str, int]:
    """How many each tab holds under the same filters, up to the bound; all excludes return records."""
    counted = []
    for tab in (*STATES, RETURNED):
        query = _listed(session, actor, tab, filters).with_only_columns(sa.literal(1), maintain_column_froms=True)
        bounded = query.limit(COUNT_BOUND).subquery()
        counted.append(sa.select(sa.func.count()).select_from(bounded).scalar_subquery().label(tab))
    found = dict(session.execute(sa.select(*counted)).one()._mapping)
    return found | {ALL: sum(found[state] for state in STATES)}


def projects(session: Session, actor: Actor, programme: str) -> list[Project]:
    """The plans that the unit's people declared for, the latest first."""
    own = sa.select(Application.project_id).where(
        Application.unit_id == actor.unit_id, Application.programme == programme, Application.round > 0
    )
    query = sa.select(Project).where(Project.id.in_(own)).order_by(Project.year.desc(), Project.id.desc())
    return list(session.scalars(query.limit(MOST_PROJECTS)))


MOST_PROJECTS = 200


def _listed(session: Session, actor: Actor, tab: str, filters: Mapping[str, Any]) -> sa.Select[Any]:
    """A return stays on record however often the application comes again; elsewhere the present round counts."""
    query = (
        sa.select(Application)
        .join(Step, Step.application_id == Application.id)
        .join(Project, Project.id == Application.project_id)
        .where(Step.organisation_id == actor.unit_id, Application.programme == filters["programme"])
    )
    if tab == RETURNED:
        query = query.where(Step.state == RETURNED)
    else:
        states = STATES if tab == ALL else (tab,)
        query = query.where(Step.state.in_(states), Step.round == Application.round)
    wanted = {
        "year": Project.year,
        "project_id": Project.id,
        "publisher_id": Project.publisher_id,
    }
    for name, column in wanted.items():
        if filters.get(name):
            query = query.where(column == filters[name])
    if filters.get("q"):
        query = query.where(pieces.holds(session, Application.__table__.c.parts, filters["q"]))
    return query
