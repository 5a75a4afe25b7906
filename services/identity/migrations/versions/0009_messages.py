"""Messages to accounts, their deliveries by channel, what people chose, and programmes' words for them.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _messages()
    _deliveries()
    _choices()
    _copies()


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, primary_key=True),
        _of_account(nullable=False),
        sa.Column("fact", sa.String(200), nullable=False),
        sa.Column("topic", sa.String(50), nullable=False),
        sa.Column("programme", sa.String(60)),
        sa.Column("application_id", sa.Uuid),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("read_at", TIME),
        sa.UniqueConstraint("account_id", "fact"),
    )
    op.create_index("message_of_account", "message", ["account_id", "created_at", "id"])
    op.create_index("message_unread", "message", ["account_id"], postgresql_where=sa.text("read_at IS NULL"))


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("message.id", ondelete="CASCADE")),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("not_after", TIME, nullable=False),
        sa.Column("done_at", TIME),
        sa.Column("error", sa.String(50), nullable=False),
        sa.UniqueConstraint("message_id", "channel"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("delivery_waiting", "delivery", ["channel", "due_at"], postgresql_where=waiting)
    op.create_index("delivery_over", "delivery", ["not_after"])


def _choices() -> None:
    op.create_table(
        "message_choices",
        _of_account(primary_key=True),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.String), nullable=False),
    )


def _copies() -> None:
    op.create_table(
        "programme_words",
        sa.Column("programme", sa.String(60), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        *(sa.Column(name, postgresql.JSONB, nullable=False) for name in ("name", "steps", "messages")),
    )
    op.create_table(
        "declared",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(50), nullable=False),
        sa.Column("filler_id", sa.Uuid, nullable=False),
        sa.Column("operator_id", sa.Uuid, nullable=False),
    )


def _of_account(**how: object) -> "sa.Column[object]":
    return sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), **how)  # type: ignore[arg-type]
