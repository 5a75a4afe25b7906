"""Which events are new: the inbox decides, in a handful of statements for a whole batch."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.tables import followed, inbox

_ADMIT = sa.text(
    """
    WITH come AS (
        SELECT u.* FROM unnest(CAST(:source AS text[]), CAST(:event_id AS uuid[]), CAST(:type AS text[]),
            CAST(:subject AS text[]), CAST(:position AS bigint[]), CAST(:revision AS bigint[]),
            CAST(:trace AS text[]), CAST(:replayed AS boolean[]))
            AS u(source, event_id, type, subject, position, revision, trace, replayed)
    ), new AS (
        INSERT INTO inbox (source, event_id, type, subject, position, revision, trace, replayed, state, attempts)
        SELECT come.*, 'handled', CAST(:attempts AS integer) FROM come
        ON CONFLICT DO NOTHING
        RETURNING source, event_id, type, subject
    ), moved AS (
        INSERT INTO followed SELECT * FROM unnest(CAST(:followed AS text[]), CAST(:to AS bigint[]))
        ON CONFLICT (source) DO UPDATE SET position = excluded.position
        WHERE followed.position < excluded.position
    )
    SELECT new.source, new.event_id, new.type, new.subject, (
        SELECT revision FROM inbox
        WHERE (inbox.source, inbox.subject, inbox.type) = (new.source, new.subject, new.type) AND state = 'handled'
        ORDER BY revision DESC LIMIT 1
    ) AS revision, EXISTS (
        SELECT FROM inbox
        WHERE (inbox.source, inbox.subject) = (new.source, new.subject) AND state = 'deferred'
    ) AS waits
    FROM new
    """
)
"""One round trip: rows of what is new, how far the publishers are followed with it, and what was known before of these
subjects (a statement does not see its own rows). Each look-up is a step in an index, however long the past."""

OUTDATED = "older than the known revision"


class _Known:
    """What the inbox knew of the subjects of a batch before it."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._waiting = {(row.source, row.subject) for row in rows if row.waits}
        self._revision: dict[tuple[str, str, str], int] = {
            (r.source, r.type, r.subject): r.revision for r in rows if r.revision
        }

    def waits(self, envelope: Envelope) -> bool:
        return (envelope.source, envelope.subject) in self._waiting

    def is_outdated(self, envelope: Envelope) -> bool:
        """Revisions are compared within one type: two types of a subject tell different facts about it."""
        if not envelope.revision:
            return False
        key = (envelope.source, envelope.type, envelope.subject)
        newest = max(self._revision.get(key, 0), envelope.revision)
        self._revision[key] = newest
        return envelope.revision < newest


def admit(session: Session, envelopes: Sequence[Envelope], moved: Mapping[str, int], attempts: int) -> list[Envelope]:
    """Writes the inbox rows of what is new, and the positions; answers what is to be handled now, in order.

    New, but not to be handled: an older revision than the known one, and what waits behind a deferred event of its
    subject.
    """
    rows = session.execute(_ADMIT, _columns(envelopes, moved, attempts)).all()
    new, known = {(row.source, row.event_id) for row in rows}, _Known(rows)
    to_handle: list[Envelope] = []
    for envelope in envelopes:
        key = (envelope.source, envelope.id)
        if key not in new:
            continue
        new.discard(key)
        if known.waits(envelope):
            _let_wait(session, envelope)
        elif known.is_outdated(envelope):
            note_outdated(session, envelope)
        else:
            to_handle.append(envelope)
    return to_handle


def is_outdated(session: Session, envelope: Envelope) -> bool:
    """Has a newer revision of the subject been handled?"""
    newest = sa.select(sa.func.max(inbox.c.revision)).where(
        inbox.c.source == envelope.source,
        inbox.c.subject == envelope.subject,
        inbox.c.type == envelope.type,
        inbox.c.state == "handled",
        inbox.c.event_id != envelope.id,
    )
    return 0 < envelope.revision < (session.scalar(newest) or 0)


def note_outdated(session: Session, envelope: Envelope) -> None:
    session.execute(sa.update(inbox).where(_row_of(envelope)).values(error=OUTDATED))


def move(session: Session, moved: Mapping[str, int]) -> None:
    """Notes how far publishers have been followed; never back."""
    if not moved:
        return
    new = insert(followed)
    further = new.on_conflict_do_update(
        index_elements=["source"],
        set_={"position": new.excluded.position},
        where=followed.c.position < new.excluded.position,
    )
    # Always in the same order, so that two transactions cannot wait for each other.
    session.execute(further, [{"source": s, "position": p} for s, p in sorted(moved.items())])


def _let_wait(session: Session, envelope: Envelope) -> None:
    kept = {"state": "deferred", "attempts": 0, "next_attempt_at": sa.func.now(), "envelope": envelope.to_structured()}
    session.execute(sa.update(inbox).where(_row_of(envelope)).values(kept))


def _row_of(envelope: Envelope) -> sa.ColumnElement[bool]:
    return (inbox.c.source == envelope.source) & (inbox.c.event_id == envelope.id)


def _columns(envelopes: Sequence[Envelope], moved: Mapping[str, int], attempts: int) -> dict[str, Any]:
    # Always in the same order, so that two transactions cannot wait for each other.
    sources = sorted(moved)
    return {
        "source": [e.source for e in envelopes],
        "event_id": [e.id for e in envelopes],
        "type": [e.type for e in envelopes],
        "subject": [e.subject for e in envelopes],
        "position": [e.position for e in envelopes],
        "revision": [e.revision for e in envelopes],
        "trace": [e.trace for e in envelopes],
        "replayed": [e.replayed for e in envelopes],
        "attempts": attempts,
        "followed": sources,
        "to": [moved[source] for source in sources],
    }
