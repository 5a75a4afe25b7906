"""Other systems as OpenID clients, used tickets of provincial sign-ins, face authentication.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.String)


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("client_id", sa.String(50), primary_key=True),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("label_zh", sa.String(100), nullable=False),
        sa.Column("label_en", sa.String(100), nullable=False),
        sa.Column("redirect_uris", TEXTS, nullable=False),
        sa.Column("post_logout_redirect_uris", TEXTS, nullable=False),
        sa.Column("start_url", sa.String(2000), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "used_ticket",
        sa.Column("ticket", sa.LargeBinary, primary_key=True),
        sa.Column("used_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "face_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("browser_session_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.String(50), nullable=False),
        sa.Column("code_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", TIME, nullable=False, index=True),
        sa.Column("passed_at", TIME),
    )
    op.create_index("face_session_account", "face_session", ["account_id", "browser_session_id"])
