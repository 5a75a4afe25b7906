"""Administrators and staff of organisations; second factors; what a session list shows; reads of shared data.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("account", sa.Column("administers", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("password_changed_at", TIME))
    op.add_column(
        "account", sa.Column("former_hashes", postgresql.ARRAY(sa.String), nullable=False, server_default="{}")
    )
    op.add_column("account", sa.Column("totp", sa.LargeBinary))
    op.add_column("browser_session", sa.Column("agent", sa.String(200), nullable=False, server_default=""))
    op.add_column("challenge", sa.Column("factor_challenge", sa.LargeBinary))
    op.create_index("account_organisation", "account", ["organisation_id"])
    op.create_table(
        "security_key",
        sa.Column("credential_id", sa.LargeBinary, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "shared_data_read",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False, index=True),
        sa.Column("purpose", sa.String(50), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("read_at", TIME, nullable=False, index=True),
    )
