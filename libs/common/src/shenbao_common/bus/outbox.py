"""Telling a fact: its event is written in the transaction of the change itself, or not at all."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.tables import CHANNEL, outbox
from shenbao_common.contracts.event import Event
from shenbao_common.data.connections import say_last
from shenbao_common.kernel import clock, ids, trace

# PostgreSQL folds equal notifications of one transaction into one, and sends it at commit.
_INSERT = sa.insert(outbox).returning(sa.func.pg_notify(CHANNEL, ""))


def record(session: Session, event: Event, *, revision: int = 0) -> UUID:
    """Notes the event for the relay; it is sent if, and only if, the session's transaction commits.

    revision: the subject's revision that the event tells of; 0 when it has none. Answers the event's id.
    `session.info["recorded"]` collects (event type, id) of what this session told.
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
    session.info.setdefault("recorded", []).append((event.type, event_id))
    return event_id
