"""The tables of the bus, the same in every service's database, in a MetaData of their own.

`outbox` is a log: rows stay, so it is the feed and the replay. `ordinal` is taken from a sequence when a row is
inserted. Ids carry the clock of the host that made them, and two of one millisecond have no order; two transactions
on one subject wait for each other's lock, so their ordinals are in the order in which they happened, whatever the
clocks say. A `position` is given later, by the relay, to committed rows only.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

CHANNEL = "outbox"
"""NOTIFY channel on which a commit with news wakes the relay."""

OWN_LOG = "outbox"
"""Row of `followed` that counts the positions given in this database's own log."""

_ordinal = sa.Sequence("outbox_ordinal", metadata=metadata)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("trace", sa.Text, nullable=False, server_default=""),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("ordinal", sa.BigInteger, nullable=False, server_default=_ordinal.next_value()),
    sa.Column("position", sa.BigInteger),
    sa.Column("published_at", sa.DateTime(timezone=True)),
    # The month of a row is in its id (RFC 9562 version 7), so the key alone finds its partition.
    postgresql_partition_by="RANGE (id)",
)
# Entries for what has no position yet would be written twice.
sa.Index("outbox_position", outbox.c.position, postgresql_where=outbox.c.position.is_not(None))
sa.Index("outbox_subject", outbox.c.subject, outbox.c.position, postgresql_where=outbox.c.position.is_not(None))
# Of `00-<trace>-<span>-<flags>` the middle: one trace has many spans.
TRACE_DIGITS: sa.TextClause = sa.text("substr(trace, 4, 32)")
sa.Index("outbox_trace", TRACE_DIGITS, _table=outbox, postgresql_where=outbox.c.position.is_not(None))
sa.Index("outbox_unstamped", outbox.c.ordinal, postgresql_where=outbox.c.position.is_(None))

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("trace", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
    sa.Column("error", sa.Text),
    sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
    # What is put off or parked has left the broker, so its text is kept here.
    sa.Column("envelope", JSONB(none_as_null=True)),
    sa.Column("replayed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.CheckConstraint("state IN ('handled', 'deferred', 'parked')", name="inbox_state"),
)
# With the revision, the newest of a subject is found in one step.
sa.Index("inbox_subject", inbox.c.source, inbox.c.subject, inbox.c.type, inbox.c.revision)
sa.Index(
    "inbox_waiting",
    inbox.c.source,
    inbox.c.subject,
    inbox.c.position,
    postgresql_where=inbox.c.state == "deferred",
)
sa.Index("inbox_parked", inbox.c.seen_at, postgresql_where=inbox.c.state == "parked")

sa.Index("inbox_trace", TRACE_DIGITS, _table=inbox)

followed = sa.Table(
    "followed",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

replay = sa.Table(
    "replay",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("after", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger),
    sa.Column("subject", sa.Text),
    sa.Column("asked_by", sa.Uuid, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("reached", sa.BigInteger, nullable=False),
    sa.Column("read", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("error", sa.Text),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
)
sa.Index("replay_open", replay.c.id, postgresql_where=replay.c.finished_at.is_(None))
