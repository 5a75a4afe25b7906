"""Persons with credentials of their own, SMS codes and messages, consents, legal persons, the tree of organisations.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _messages()
    _consents()


def _columns() -> None:
    op.add_column("account", sa.Column("verified", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("mobile_index", sa.LargeBinary))
    op.add_column("account", sa.Column("credit_code", sa.String(18)))
    op.add_column("account", sa.Column("modules", postgresql.ARRAY(sa.String), nullable=False, server_default="{}"))
    op.create_index("account_mobile", "account", ["mobile_index"], unique=True)
    op.create_index("account_credit_code", "account", ["credit_code"])
    op.execute("UPDATE account SET verified = true WHERE id_number_index IS NOT NULL")
    op.add_column("organisation", sa.Column("code", sa.String(50)))
    op.add_column("organisation", sa.Column("parent_id", sa.Uuid))


def _messages() -> None:
    op.create_table(
        "sms_code",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("mobile_index", sa.LargeBinary, nullable=False),
        sa.Column("code", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("sent_at", TIME, nullable=False, index=True),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_index("sms_code_of_mobile", "sms_code", ["mobile_index", "sent_at"])
    op.create_table(
        "outgoing_sms",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("due_at", TIME, nullable=False, index=True),
        sa.Column("not_after", TIME, nullable=False),
    )


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("agreement", sa.String(50), primary_key=True),
        sa.Column("version", sa.String(20), primary_key=True),
        sa.Column("given_at", TIME, nullable=False),
    )
