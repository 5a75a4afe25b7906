"""Which events are new: the inbox decides, in a handful of statements for a whole batch."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.tables import followed, inbox

_KNOWN = sa.text(
    """
    SELECT source, subject, type, max(revision) FILTER (WHERE state = 'handled') AS revision,
           bool_or(state = 'deferred') AS waits
    FROM inbox JOIN (SELECT DISTINCT u.source, u.subject
                     FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS u(source, subject)) asked
         USING (source, subject)
    GROUP BY source, subject, type
    """
)

_INSERT = sa.text(
    """
    INSERT INTO inbox (source, event_id, type, subject, position, revision, trace, replayed,
                       state, envelope, attempts, next_attempt_at)
    SELECT u.source, u.event_id, u.type, u.subject, u.position, u.revision, u.trace, u.replayed,
           CASE WHEN u.kept IS NULL THEN 'handled' ELSE 'deferred' END, CAST(u.kept AS jsonb),
           CASE WHEN u.kept IS NULL THEN :attempts ELSE 0 END, CASE WHEN u.kept IS NULL THEN NULL ELSE now() END
    FROM unnest(CAST(:source AS text[]), CAST(:event_id AS uuid[]), CAST(:type AS text[]),
                CAST(:subject AS text[]), CAST(:position AS bigint[]), CAST(:revision AS bigint[]),
                CAST(:trace AS text[]), CAST(:replayed AS boolean[]), CAST(:kept AS text[]))
         AS u(source, event_id, type, subject, position, revision, trace, replayed, kept)
    ON CONFLICT DO NOTHING
    RETURNING source, event_id
    """
)

OUTDATED = "older than the known revision"


class _Known:
    """What the inbox knows of the subjects of a batch."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.waiting = {(row.source, row.subject) for row in rows if row.waits}
        self._revision: dict[tuple[str, str, str], int] = {
            (r.source, r.type, r.subject): r.revision for r in rows if r.revision
        }

    def waits(self, envelope: Envelope) -> bool:
        return (envelope.source, envelope.subject) in self.waiting

    def is_outdated(self, envelope: Envelope) -> bool:
        """Revisions are compared within one type: two types of a subject tell different facts about it."""
        if not envelope.revision:
            return False
        key = (envelope.source, envelope.type, envelope.subject)
        newest = max(self._revision.get(key, 0), envelope.revision)
        self._revision[key] = newest
        return envelope.revision < newest


def admit(session: Session, envelopes: Sequence[Envelope], attempts: int) -> list[Envelope]:
    """Writes the inbox rows of what is new; answers what is to be handled now, in order.

    New, but not to be handled: an older revision than the known one, and what waits behind a deferred event of its
    subject.
    """
    known = _known(session, envelopes)
    new = _insert(session, envelopes, known, attempts)
    to_handle: list[Envelope] = []
    outdated: list[Envelope] = []
    for envelope in envelopes:
        key = (envelope.source, envelope.id)
        if key not in new:
            continue
        new.discard(key)
        if known.waits(envelope):
            continue
        (outdated if known.is_outdated(envelope) else to_handle).append(envelope)
    for envelope in outdated:
        note_outdated(session, envelope)
    return to_handle


def is_outdated(session: Session, envelope: Envelope) -> bool:
    """Has a newer revision of the subject been handled?"""
    return _known(session, [envelope]).is_outdated(envelope)


def note_outdated(session: Session, envelope: Envelope) -> None:
    key = (inbox.c.source == envelope.source) & (inbox.c.event_id == envelope.id)
    session.execute(sa.update(inbox).where(key).values(error=OUTDATED))


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


def _known(session: Session, envelopes: Sequence[Envelope]) -> _Known:
    asked = {"sources": [e.source for e in envelopes], "subjects": [e.subject for e in envelopes]}
    return _Known(session.execute(_KNOWN, asked).all())


def _insert(session: Session, envelopes: Sequence[Envelope], known: _Known, attempts: int) -> set[tuple[str, UUID]]:
    kept = [json.dumps(e.to_structured()) if known.waits(e) else None for e in envelopes]
    columns = {
        "source": [e.source for e in envelopes],
        "event_id": [e.id for e in envelopes],
        "type": [e.type for e in envelopes],
        "subject": [e.subject for e in envelopes],
        "position": [e.position for e in envelopes],
        "revision": [e.revision for e in envelopes],
        "trace": [e.trace for e in envelopes],
        "replayed": [e.replayed for e in envelopes],
        "kept": kept,
        "attempts": attempts,
    }
    return {(row.source, row.event_id) for row in session.execute(_INSERT, columns)}
