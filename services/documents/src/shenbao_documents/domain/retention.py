"""How long files and prints are kept: the rules of a programme, reckoned to a day."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime
from typing import Any

APPROVED, OTHERWISE = "approved", "otherwise"
FILES, PRINTS = "files", "prints"

Rules = Mapping[str, Any]
"""What a pack says under `retention`; empty: everything is kept for good."""


def due(rules: Rules, outcome: str, ended_at: datetime) -> dict[str, datetime]:
    """From when on which part of an ended case is to be erased; a part that is left out is kept for good."""
    months = {part: (rules.get(part) or {}).get(outcome) for part in (FILES, PRINTS)}
    return {part: later(ended_at, count) for part, count in months.items() if count}


def later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of that month when it is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
