"""A case that has just been reported: what is known about it, and how it is written, each in one round trip.

No case is opened as often: in a deadline's last hour whatever is reported comes here.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shenbao_common.kernel.routing import Body
from shenbao_review.models import Base, Case, LogEntry, QueueEntry, Step

# The line: the department and its ancestors. A tree is not deep; the bound ends the walk even if the copies ever held
# a circle. Held: an organisation that is named here is cancelled after the steps that name it are there to be handed
# up; while the cancellation of one of the line was the first, there is no line.
_KNOWN = sa.text(
    """
    WITH RECURSIVE line AS (
        SELECT organisation_id, parent_id, name, level, 0 AS distance
        FROM organisation WHERE organisation_id = :department_id
        UNION ALL
        SELECT o.organisation_id, o.parent_id, o.name, o.level, line.distance + 1
        FROM organisation o JOIN line ON o.organisation_id = line.parent_id WHERE line.distance < 20
    ), held AS MATERIALIZED (
        SELECT organisation_id FROM organisation WHERE organisation_id IN (SELECT organisation_id FROM line)
        FOR KEY SHARE
    )
    SELECT NOT EXISTS (SELECT FROM review_case WHERE application_id = :application_id) AS is_new,
        (SELECT revision FROM recall WHERE application_id = :application_id) AS recalled,
        (SELECT jsonb_build_array(route, re_entry_step) FROM programme_version
            WHERE programme = :programme AND version = :version) AS programme,
        (SELECT name FROM unit WHERE unit_id = :unit_id) AS unit,
        (SELECT jsonb_agg(jsonb_build_array(organisation_id, name, level) ORDER BY distance) FROM line
            WHERE (SELECT count(*) FROM held) = (SELECT count(*) FROM line)) AS line
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the copies say about a case. recalled: by which revision, if ever; is_new: it has no row yet.

    route, re_entry_step: of its version of the programme, route None while that is not known here; unit: the unit's
    name, None likewise; line: its department and the ancestors, nearest first.
    """

    is_new: bool
    recalled: int | None
    route: Sequence[Mapping[str, Any]] | None
    re_entry_step: str
    unit: str | None
    line: Sequence[Body]


def known(session: Session, case: Case) -> Known:
    about = {
        "application_id": case.application_id,
        "programme": case.programme,
        "version": case.programme_version,
        "unit_id": case.unit_id,
        "department_id": case.department_id,
    }
    row = session.execute(_KNOWN, about).one()
    route, re_entry_step = row.programme or (None, "")
    return Known(
        is_new=row.is_new,
        recalled=row.recalled,
        route=route,
        re_entry_step=re_entry_step,
        unit=row.unit,
        line=[Body(id=UUID(of), name=name, level=level) for of, name, level in row.line or ()],
    )


def _table(model: type[Base]) -> sa.Table:
    return cast(sa.Table, model.__table__)


def _columns(model: type[Base]) -> dict[str, str]:
    """Names of columns with those of the attributes; what PostgreSQL numbers itself is left to it."""
    found = sa.inspect(model).column_attrs
    return {one.columns[0].name: one.key for one in found if one.columns[0].identity is None}


_ROWS: dict[type[Base], dict[str, str]] = {model: _columns(model) for model in (Case, Step, LogEntry, QueueEntry)}


def _insert(model: type[Base]) -> sa.Insert:
    """Rows that come as one JSON array."""
    table, names = _table(model), list(_ROWS[model])
    come = sa.cast(sa.bindparam(table.name, type_=sa.Text), JSONB)
    like: sa.ColumnElement[Any] = sa.literal_column(f"CAST(NULL AS {table.name})")
    rows = sa.func.jsonb_populate_recordset(like, come).table_valued(*names, name=f"new_{table.name}")
    return sa.insert(table).from_select(names, sa.select(*(rows.c[name] for name in names)))


# One statement; PostgreSQL looks at the foreign keys when all of it is done.
_WRITE = _insert(QueueEntry).add_cte(
    *(_insert(model).cte(f"into_{_table(model).name}") for model in (Case, Step, LogEntry))
)


def write(session: Session, case: Case, log: Collection[LogEntry], queued: Collection[Mapping[str, Any]]) -> None:
    """A case that has no row yet, with its steps, its log and its places in queues.

    At once and not at the commit: a recall may be the next event of the same transaction.
    """
    rows = {
        "review_case": [_row(case)],
        "step": [_row(step) for step in case.steps],
        "log_entry": [_row(entry) for entry in log],
        "queue_entry": queued,
    }
    session.execute(_WRITE, {table: json.dumps(of, default=str) for table, of in rows.items()})


def _row(made: Base) -> dict[str, Any]:
    return {name: getattr(made, attribute) for name, attribute in _ROWS[type(made)].items()}
