"""The audit trail (B-17): who did or read what, when and why; added to, never altered, and chained so that it shows.

Entries are gathered while a transaction works and written right before its commit, each with a keyed hash over itself
and the entry before it. There is not one chain but several lanes: a transaction takes the first lane that nobody holds,
for the moment between its last statement and its commit, so writers wait for each other only when all lanes are taken,
and never while they hold a lane and want something else.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from shenbao_common.data import last_words
from shenbao_common.data.last_words import say_last
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel import clock, trace
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7

LANES = 16
metadata = sa.MetaData()

entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor_id", sa.Uuid),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("person_id", sa.Uuid),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("lane", "position", name="audit_entry_place"),
    sa.Index("audit_entry_at", "at"),
    sa.Index("audit_entry_actor", "actor_id", "id"),
    sa.Index("audit_entry_person", "person_id", "id", postgresql_where=sa.text("person_id is not null")),
)
head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("lane", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

SAID = ("id", "at", "actor_id", "actor_kind", "act", "person_id", "subject", "purpose", "details", "trace")
"""What the hash is over, beside its place and the hash before it."""

PURPOSES = {Kind.OFFICE: "review", Kind.ADMIN: "administration", Kind.UNIT: "employment", Kind.SERVICE: "exchange"}
"""Why a reader of this kind comes by somebody else's record at all."""

_KEY = "audit"
# With a number that is bound, PostgreSQL would plan this anew for every entry.
_FREE = sa.select(head).order_by(head.c.lane).limit(sa.literal_column("1")).with_for_update(skip_locked=True)
_ANY = sa.select(head).where(head.c.lane == sa.bindparam("wanted")).with_for_update()
_ADD = sa.insert(entry)
_MOVE = (
    sa.update(head)
    .where(head.c.lane == sa.bindparam("of_lane"))
    .values({"position": sa.bindparam("last_position"), "hash": sa.bindparam("last_hash")})
)


def create_tables(connection: sa.Connection) -> None:
    """For a service's migration. A database whose first migration ran later has the tables already."""
    metadata.create_all(connection, checkfirst=True)
    connection.exec_driver_sql(
        """
        CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    connection.exec_driver_sql(
        "CREATE OR REPLACE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit()"
    )


def install(sessions: sessionmaker[Session]) -> None:
    """Has every transaction of these sessions write down what was recorded in it."""
    sa.event.listen(sessions, "before_commit", _write)
    sa.event.listen(sessions, "after_soft_rollback", _forget)
    last_words.install(sessions)  # After it: the entries are among the last words.


def record(
    session: Session,
    act: str,
    *,
    actor: Actor | None = None,
    person_id: UUID | None = None,
    subject: object = "",
    purpose: str = "",
    **details: Any,
) -> None:
    """Notes an act in the transaction that does it; rolled back, it has not happened.

    actor: None for whoever makes the request, and for what time or another service's news brings about.
    person_id: whose record it is about. details: codes and ids that JSON knows, never what a person is called.
    """
    if not session.in_transaction():
        session.begin()
    said = {
        "id": uuid7(),
        "at": clock.now(),
        **_by(actor),
        "act": act,
        "person_id": person_id,
        "subject": str(subject),
        "purpose": purpose,
        "details": details,
        "trace": trace.current(),
    }
    session.info.setdefault(_KEY, []).append((last_words.within(session), said))


def record_read(session: Session, person_id: UUID, *, actor: Actor, subject: object) -> None:
    """Somebody opens what is about another person, for the purpose that brings readers of this kind there."""
    if actor.account_id != person_id:
        purpose = PURPOSES.get(actor.kind, "own")
        record(session, "read", actor=actor, person_id=person_id, subject=subject, purpose=purpose)


def sign(session: Session, actor: Actor) -> bool:
    """Puts who makes the request to what was recorded without; False when nothing was recorded at all."""
    gathered = session.info.get(_KEY, ())
    for _, said in gathered:
        if said["actor_id"] is None:
            said.update(_by(actor))
    return bool(gathered)


def canonical(said: Mapping[str, Any], *, lane: int, position: int, before: bytes) -> bytes:
    """The bytes that an entry's hash is over, the same whoever reads the row."""
    at: datetime = said["at"]
    texts = [None if said[name] is None else str(said[name]) for name in SAID if name not in {"at", "details"}]
    whole = [lane, position, before.hex(), at.astimezone(UTC).isoformat(), said["details"], *texts]
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _by(actor: Actor | None) -> dict[str, Any]:
    return {"actor_id": actor.account_id if actor else None, "actor_kind": actor.kind.value if actor else ""}


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.nested:
        kept = [(within, said) for within, said in session.info.get(_KEY, ()) if ended not in within]
        session.info[_KEY] = kept
    else:
        session.info.pop(_KEY, None)


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return  # A savepoint is released; the transaction goes on.
    if gathered := session.info.pop(_KEY, None):
        session.flush()
        _chain(session, [said for _, said in gathered])


def _chain(session: Session, gathered: Iterable[dict[str, Any]]) -> None:
    lane, position, before = _lane(session)
    sealer = sealer_of(session)
    for said in gathered:
        position += 1
        mark, before = sealer.authenticate(canonical(said, lane=lane, position=position, before=before))
        say_last(session, _ADD, {**said, "lane": lane, "position": position, "mark": mark, "hash": before})
    say_last(session, _MOVE, {"of_lane": lane, "last_position": position, "last_hash": before})


def _lane(session: Session) -> tuple[int, int, bytes]:
    """A lane that is ours until the commit, with its last entry."""
    found = session.connection().execute(_FREE).first()
    if found is None:
        begun = [{"lane": lane, "position": 0, "hash": b""} for lane in range(LANES)]
        made = session.execute(insert(head).values(begun).on_conflict_do_nothing().returning(head))
        # The very first begins the lanes; else all are taken, and one is waited for.
        found = made.first() or session.execute(_ANY, {"wanted": uuid7().int % LANES}).one()
    return found.lane, found.position, found.hash
