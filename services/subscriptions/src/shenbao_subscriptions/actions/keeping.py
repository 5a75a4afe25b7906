"""Takes away what is older than it is kept; a little at a time, so that nobody waits for it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.partitions import RETENTION_DAYS

DELIVERED_DAYS = 30
_AT_ONCE = 5_000

_DELIVERIES = sa.text(
    "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE state <> 'pending' AND delivered_at < :limit"
    " ORDER BY delivered_at LIMIT :most) RETURNING id"
)
_OF_REMOVED = sa.text(
    "DELETE FROM delivery WHERE id IN (SELECT d.id FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id"
    " WHERE s.state = 'removed' AND d.state = 'pending' LIMIT :most) RETURNING id"
)
# The log as far as no delivery, and no subscriber that is not paused, still needs it.
_LOG = sa.text(
    """
    DELETE FROM log WHERE position IN (
        SELECT position FROM log WHERE time < :limit
        AND position < (SELECT coalesce(min(position), 9223372036854775807) FROM delivery WHERE state = 'pending')
        ORDER BY position LIMIT :most)
    RETURNING position
    """
)


def clean(session: Session, *, now: datetime) -> int:
    """Deliveries that were made 30 days ago, what waits for a removed subscriber, and the log after 400 days.

    Answers how many rows went; as long as there are many it is called again.
    """
    limits = {
        _DELIVERIES: {"limit": now - timedelta(days=DELIVERED_DAYS)},
        _OF_REMOVED: {},
        _LOG: {"limit": now - timedelta(days=RETENTION_DAYS)},
    }
    return sum(len(session.execute(s, {**more, "most": _AT_ONCE}).all()) for s, more in limits.items())
