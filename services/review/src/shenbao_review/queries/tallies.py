"""What the charts of an office or a unit show, from counters alone."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_review.domain.tally import LONGER, RESULTS, SPANS
from shenbao_review.models import Tally

_BY_DAY = ("came", *RESULTS)
_BY_SPAN = (*SPANS, LONGER)


def trend(session: Session, owner_id: UUID, *, today: date, days: int, project_id: UUID | None) -> dict[str, Any]:
    """Per day what came and what became of it, oldest first; and over all of them how long decided steps were open."""
    first = today - timedelta(days=days - 1)
    sums = [sa.func.sum(getattr(Tally, name)).label(name) for name in (*_BY_DAY, *_BY_SPAN)]
    query = sa.select(Tally.day, *sums).where(Tally.owner_id == owner_id, Tally.day.between(first, today))
    if project_id:
        query = query.where(Tally.project_id == project_id)
    found = {row.day: row._mapping for row in session.execute(query.group_by(Tally.day))}
    return {
        "days": [_day(first + timedelta(days=n), found) for n in range(days)],
        "open_for": [{"span": span, "steps": sum(row[span] for row in found.values())} for span in _BY_SPAN],
    }


def _day(day: date, found: Mapping[date, Mapping[Any, Any]]) -> dict[str, Any]:
    row = found.get(day)
    return {"day": day} | {name: row[name] if row else 0 for name in _BY_DAY}
