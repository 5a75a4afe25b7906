"""The log, subscribers, replays and deliveries, and copies of applications, projects, units and organisations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    create_common_tables(op)
    create_copies()
    create_log()
    create_subscribers()
    create_replays()
    create_deliveries()


def create_copies() -> None:
    op.create_table(
        "application",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid()),
    )
    op.create_table(
        "project",
        sa.Column("project_id", sa.Uuid(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
    )
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("parent_id", sa.Uuid()),
    )


def create_log() -> None:
    op.create_table(
        "log",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("time", MOMENT, nullable=False),
        sa.Column("envelope", JSONB(), nullable=False),
        sa.Column("programme", TEXT),
        sa.Column("year", sa.Integer()),
        sa.Column("bodies", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("step", TEXT),
        sa.Column("result", TEXT),
        sa.Index("log_subject", "subject", "position"),
    )


def _filters() -> list[sa.Column[list[str]]]:
    texts = [sa.Column(name, ARRAY(TEXT), nullable=False) for name in ("types", "programmes", "steps", "results")]
    years = sa.Column("years", ARRAY(sa.Integer()), nullable=False)
    return [*texts, years, sa.Column("bodies", ARRAY(sa.Uuid()), nullable=False)]


def create_subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("client_id", TEXT),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("channel", TEXT, nullable=False),
        *_filters(),
        sa.Column("url", TEXT),
        sa.Column("auth", TEXT, nullable=False),
        sa.Column("credentials", sa.LargeBinary()),
        sa.Column("password_hash", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("pause", TEXT, nullable=False),
        sa.Column("filled_to", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("quiet_until", MOMENT),
        sa.Column("delivered_position", sa.BigInteger()),
        sa.Column("delivered_at", MOMENT),
        sa.Column("error", TEXT),
        sa.Column("error_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    present = sa.text("state <> 'removed'")
    op.create_index("subscriber_name_once", "subscriber", ["name"], unique=True, postgresql_where=present)
    op.create_index("subscriber_client_once", "subscriber", ["account_id"], unique=True, postgresql_where=present)


def create_replays() -> None:
    op.create_table(
        "subscriber_replay",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscriber.id"), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("types", ARRAY(TEXT), nullable=False),
        sa.Column("subject", TEXT),
        sa.Column("since", MOMENT),
        sa.Column("filled_to", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Index("subscriber_replay_newest", "subscriber_id", "id"),
        sa.Index("subscriber_replay_running", "id", postgresql_where=sa.text("state = 'running'")),
    )


def create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("subscriber_id", sa.Uuid(), sa.ForeignKey("subscriber.id"), nullable=False),
        sa.Column("replay_id", sa.Uuid(), sa.ForeignKey("subscriber_replay.id")),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False, server_default="pending"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("error", TEXT),
        sa.Column("made_at", MOMENT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("delivered_at", MOMENT),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'skipped')", name="delivery_state"),
    )
    # Of each subject the oldest that is not delivered: the head that may go, and all that wait behind it.
    waiting = sa.text("state = 'pending'")
    columns = ["subscriber_id", "subject", "position", "id"]
    op.create_index("delivery_waiting", "delivery", columns, postgresql_where=waiting)
    op.create_index("delivery_subscriber", "delivery", ["subscriber_id", "id"])
    op.create_index("delivery_subject", "delivery", ["subject", "id"])
    op.create_index("delivery_done", "delivery", ["delivered_at"], postgresql_where=sa.text("state <> 'pending'"))
