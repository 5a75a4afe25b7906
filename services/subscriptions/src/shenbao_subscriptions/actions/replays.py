"""The past once more, to one subscriber."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_subscriptions import queries
from shenbao_subscriptions.actions.subscribers import unknown_types
from shenbao_subscriptions.models import Replay, Subscriber


def ask(session: Session, row: Subscriber, wanted: Mapping[str, Any], *, by: UUID, now: datetime) -> Replay:
    """A part of the past, to this subscriber only; refused (`nothing_to_replay`) for one that is given nothing."""
    if row.channel == "feed":
        raise Conflict("nothing_to_replay")
    ensure(unknown_types(wanted["types"], "types"))
    newest = queries.head(session)
    replay = Replay(
        id=uuid7(),
        subscriber_id=row.id,
        after=wanted["after"],
        until=newest if wanted["until"] is None else min(wanted["until"], newest),
        types=wanted["types"],
        subject=wanted["subject"],
        since=wanted["since"],
        filled_to=wanted["after"],
        asked_by=by,
        asked_at=now,
    )
    if replay.after >= replay.until:
        replay.state = "done"
    session.add(replay)
    session.flush()
    return replay
