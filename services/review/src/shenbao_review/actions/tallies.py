"""Counts what came and what was decided, in the transaction that moves the case."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from shenbao_common.data.last_words import say_last
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.clock import office_day
from shenbao_review.domain import tally
from shenbao_review.domain.states import CaseState, StepState
from shenbao_review.models import Case, Tally

_SHARDS = 16
_COUNTED = ("came", *tally.RESULTS, *tally.SPANS, tally.LONGER)
_OF = ("owner_id", "day", "project_id")
_ROWS = sa.func.jsonb_populate_recordset(
    sa.literal_column("CAST(NULL AS tally)"), sa.cast(sa.bindparam("counted", type_=sa.Text), JSONB)
).table_valued(*_OF, *_COUNTED, name="counted")
_NEW = insert(cast(sa.Table, Tally.__table__)).from_select(
    [*_OF, *_COUNTED, "shard"], sa.select(*_ROWS.c, sa.func.pg_backend_pid() % _SHARDS)
)
_ADD = _NEW.on_conflict_do_update(
    index_elements=["owner_id", "day", "project_id", "shard"],
    set_={name: getattr(Tally, name) + _NEW.excluded[name] for name in _COUNTED},
)


def note(session: Session, cases: Iterable[Case]) -> None:
    """Adds what the last move of each case was, for its bodies and its unit."""
    found: dict[tuple[UUID, date, UUID], Counter[str]] = defaultdict(Counter)
    for case in cases:
        stays = [
            tally.Stay(body_id=s.body_id, state=StepState(s.state), opened_at=s.opened_at, decided_at=s.decided_at)
            for s in case.steps
        ]
        day = office_day(case.moved_at)
        for body_id, counted in tally.of_bodies(stays, case.moved_at):
            found[body_id, day, case.project_id] += counted
        if case.unit_id != NOBODY:
            state = CaseState(case.state)
            own = tally.of_unit(stays, case.moved_at, submitted_at=case.submitted_at, state=state)
            found[case.unit_id, day, case.project_id] += own
    rows = [
        {"owner_id": owner, "day": day, "project_id": project} | {n: counted[n] for n in _COUNTED}
        # One order; transactions of several moves hardly ever wait crosswise, each connection having its shard.
        for (owner, day, project), counted in sorted(found.items())
        if counted
    ]
    if rows:
        say_last(session, _ADD, {"counted": json.dumps(rows, default=str)})
