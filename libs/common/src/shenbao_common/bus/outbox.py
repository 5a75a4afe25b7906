"""Telling a fact: its event is written in the transaction of the change itself, or not at all."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.tables import CHANNEL, outbox
from shenbao_common.contracts.event import Event
from shenbao_common.data.last_words import last_words, say_last
from shenbao_common.kernel import clock, ids, trace

# PostgreSQL folds equal notifications of one transaction into one, and sends it at commit.
_INSERT = sa.insert(outbox).returning(sa.func.pg_notify(CHANNEL, ""))


def record(session: Session, event: Event, *, revision: int = 0) -> UUID:
    """Notes the event for the relay; it is sent if, and only if, the session's transaction commits.

    revision: the subject's revision that the event tells of; 0 when it has none. Answers the event's id.
    """
    event_id = ids.uuid7()
    row = {
        "id": event_id,
        "type": event.type,
        "subject": str(getattr(event, event.subject_field)),
        "revision": revision,
        "time": clock.now(),
        "trace": trace.current(),
        "data": event.to_wire(),
    }
    say_last(session, _INSERT, row)
    return event_id


def recorded(session: Session) -> dict[str, UUID]:
    """The last event of each type that the session told, or tells when it commits now."""
    return {row["type"]: row["id"] for row in last_words(session, _INSERT)}
