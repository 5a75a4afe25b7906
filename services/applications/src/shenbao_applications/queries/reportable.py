"""Applications that are about to be reported, as plain values: reports are what a deadline's last hour consists of.

One statement reads and locks what a report needs, another writes what it changes; no row enters the session's unit of
work, which would take longer than both (ADR 0013).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.models import Application, Binding, Project, Step, Unit
from shenbao_applications.queries import organisations, packs
from shenbao_applications.queries.applications import steps_of
from shenbao_common.data.last_words import say_last
from shenbao_common.kernel.actor import NOBODY, Actor, Kind
from shenbao_common.kernel.routing import Body


@dataclass(slots=True)
class ProjectOf:
    """What a report needs of the application's project."""

    name: str
    year: int
    batch: str
    version: int
    tier: str
    specialties: list[str]
    scope_department_ids: list[str]
    opens_on: date
    closes_on: date
    publisher_id: UUID


@dataclass(slots=True)
class UnitOf:
    name: str
    department_ids: list[UUID]
    """The supervising department and all above it, nearest first."""
    line: list[Body]
    """The same without names; empty when the department is not in the tree."""
    self_declaring: bool


@dataclass(slots=True)
class Reportable:
    """An application locked for its report, with the names of its columns; its unit is held in its department."""

    id: UUID
    reference: str
    project_id: UUID
    version_id: UUID
    programme: str
    variant: str
    unit_id: UUID
    codes_version: int | None
    filler_id: UUID
    status: str
    round: int
    revision: int
    version: int
    sections: Any
    headline: Any
    print_hash: str
    created_at: datetime
    saved_at: datetime
    reported_at: datetime | None
    project: ProjectOf
    unit: UnitOf
    bound_unit_id: UUID | None = None
    """Of a person's own: the unit that it goes through where the programme asks for one."""
    steps: list[Step] = field(default_factory=list)


_TABLE, _PROJECT, _UNIT = (cast(sa.Table, model.__table__) for model in (Application, Project, Unit))
_OWN = [_TABLE.c[one.name] for one in fields(Reportable) if one.name in _TABLE.c]
_PROJECTS = [_PROJECT.c[one.name] for one in fields(ProjectOf)]
_NAMES = [column.name for column in _OWN]
_ABOVE: sa.ColumnElement[list[str]] = sa.literal_column(
    f"""ARRAY(
        WITH RECURSIVE up AS (
            SELECT o.id, o.parent_id, o.level, 0 AS depth FROM organisation o WHERE o.id = unit.department_id
            UNION ALL
            SELECT o.id, o.parent_id, o.level, up.depth + 1 FROM organisation o, up
            WHERE o.id = up.parent_id AND up.depth < {organisations.DEEPEST}
        )
        SELECT up.id || ' ' || up.level FROM up ORDER BY up.depth
    )"""  # noqa: S608  (a number of ours)
)
_FILLER = sa.bindparam("filler_id", type_=sa.Uuid)
# A unit that had to be waited for is read as it is then, but PostgreSQL keeps the line that it found before; it begins
# with another department in that case, and is asked for anew.
_HELD = (
    sa.select(*_OWN, *_PROJECTS, _UNIT.c.name, _UNIT.c.department_id, _ABOVE, _UNIT.c.self_declaring)
    .join_from(_TABLE, _PROJECT)
    .join(_UNIT, _UNIT.c.id == _TABLE.c.unit_id)
    .where(
        _TABLE.c.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        _TABLE.c.unit_id == sa.bindparam("unit_id"),
        sa.or_(_FILLER.is_(None), _TABLE.c.filler_id == _FILLER),
        _TABLE.c.status != Status.DELETED,
    )
    .order_by(_TABLE.c.id)
    .with_for_update(of=_TABLE)
    .suffix_with(sa.text("FOR SHARE OF unit"))
)
# A person's own has no unit until it is submitted for the first time, if then.
_OWN_OF_PERSON = (
    sa.select(*_OWN, *_PROJECTS)
    .join_from(_TABLE, _PROJECT)
    .where(
        _TABLE.c.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        _TABLE.c.filler_id == _FILLER,
        _TABLE.c.status != Status.DELETED,
    )
    .order_by(_TABLE.c.id)
    .with_for_update(of=_TABLE)
)
_UNIT_OF_PERSON = (
    sa.select(_UNIT.c.id, _UNIT.c.name, _UNIT.c.department_id, _ABOVE, _UNIT.c.self_declaring)
    .where(
        _UNIT.c.id
        == sa.func.coalesce(
            sa.bindparam("unit_id", type_=sa.Uuid),
            sa.select(Binding.unit_id).where(Binding.account_id == _FILLER).scalar_subquery(),
        )
    )
    .suffix_with(sa.text("FOR SHARE OF unit"))
)
_CHANGE = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("application_id"))
    .values({name: sa.bindparam(name) for name in ("unit_id", "status", "round", "revision", "version", "reported_at")})
)


def held(session: Session, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Reportable]:
    """Locks those of the ids that the actor's unit, or the person, may report, always in the same order, so that two do
    not block."""
    if actor.kind is Kind.PERSON:
        own = session.execute(_OWN_OF_PERSON, {"ids": list(ids), "filler_id": actor.account_id})
        rows = [_of_person(session, row) for row in own]
    else:
        filler = actor.account_id if actor.kind is Kind.SUB_ACCOUNT else None
        asked = {"ids": list(ids), "unit_id": actor.unit_id, "filler_id": filler}
        rows = [_made(session, row) for row in session.connection().execute(_HELD, asked)]
    for row, steps in zip(rows, steps_of(session, rows), strict=True):
        row.steps = steps
    return {row.id: row for row in rows}


def store(session: Session, row: Reportable) -> None:
    """Writes what a report changes of the locked row."""
    names = ("unit_id", "status", "round", "revision", "version")
    changed = {name: getattr(row, name) for name in names}
    say_last(session, _CHANGE, {"application_id": row.id, "reported_at": row.reported_at, **changed})


def _of_person(session: Session, row: Sequence[Any]) -> Reportable:
    """With the unit of an earlier submission, else with that which the person belongs to now, if one is asked for."""
    own = dict(zip(_NAMES, row, strict=False))
    unit_id: UUID | None = own["unit_id"]
    if unit_id == NOBODY:
        unit_id = None
    asked = {"unit_id": unit_id, "filler_id": own["filler_id"]}
    by_unit = unit_id or packs.pack(session, own["version_id"]).needs_binding
    held = session.connection().execute(_UNIT_OF_PERSON, asked).first() if by_unit else None
    bound_unit_id, *of_unit = held or (None, "", NOBODY, [], False)
    made = _made(session, (*row, *of_unit))
    made.bound_unit_id = bound_unit_id
    return made


def _made(session: Session, row: Sequence[Any]) -> Reportable:
    own, project = len(_OWN), len(_OWN) + len(_PROJECTS)
    name, department_id, known, alone = row[project:]
    line = [_body(text) for text in known]
    if not line or line[0].id != department_id:
        line = organisations.line_of(session, department_id)
    ids = [body.id for body in line] or [department_id]
    parts: tuple[Any, ...] = (*row[:own], ProjectOf(*row[own:project]), UnitOf(name, ids, line, alone))
    return Reportable(*parts)


def _body(text: str) -> Body:
    own_id, _, level = text.partition(" ")
    return Body(id=UUID(own_id), name="", level=level)
