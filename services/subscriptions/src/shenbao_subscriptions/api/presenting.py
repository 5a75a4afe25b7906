"""Subscribers as they are shown: the row with what the log and the deliveries say of its progress."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from shenbao_subscriptions import queries
from shenbao_subscriptions.actions.subscribers import FILTERS
from shenbao_subscriptions.models import Subscriber

_SHOWN = (
    "id", "name", "client_id", "channel", "url", "auth", "queue", "state", "pause", "filled_to", "delivered_position",
    "delivered_at", "failures", "failing_since", "quiet_until", "error", "error_at", "created_at", "version",
)  # fmt: skip


def shown(session: Session, rows: Sequence[Subscriber]) -> list[dict[str, Any]]:
    """Never a secret."""
    head = queries.head(session)
    waiting = queries.waiting(session, [row.id for row in rows])
    return [
        {name: getattr(row, name) for name in _SHOWN}
        | {"filter": {name: getattr(row, name) for name in FILTERS}, "head": head, "waiting": waiting[row.id]}
        for row in rows
    ]
