"""Accounts, sessions, challenges, codes, tries and the copy of organisations.

Revision ID: 0001
Revises: none
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_common_tables(op)
    _accounts()
    _sessions()
    _challenges()
    _guards()


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("username", sa.String(40)),
        sa.Column("username_key", sa.String(40), unique=True),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("password_state", sa.String(10), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("permissions", postgresql.ARRAY(sa.String), nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("id_number_index", sa.LargeBinary, unique=True),
        sa.Column("reserved_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index(
        "account_reserved", "account", ["reserved_until"], postgresql_where=sa.text("reserved_until IS NOT NULL")
    )
    op.create_index(
        "account_name_beginning", "account", ["username_key"], postgresql_ops={"username_key": "text_pattern_ops"}
    )
    op.create_table(
        "upstream_identity",
        sa.Column("provider", sa.String(50), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        _account(),
    )
    op.create_index("upstream_identity_account", "upstream_identity", ["account_id"])
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("level", sa.String(30), nullable=False),
    )


def _sessions() -> None:
    op.create_table(
        "browser_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("cookie_hash", sa.LargeBinary, nullable=False, unique=True),
        _account(),
        sa.Column("auth_time", TIME, nullable=False),
        sa.Column("acr", sa.String(100), nullable=False),
        sa.Column("idle_until", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False, index=True),
    )
    op.create_index("browser_session_account", "browser_session", ["account_id"])
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        _session(),
        sa.Column("client_id", sa.String(100), nullable=False),
        sa.Column("redirect_uri", sa.String(2000), nullable=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("nonce", sa.String(500)),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        _session(),
        sa.Column("client_id", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("replaced_at", TIME),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    for table in ("authorization_code", "refresh_token"):
        op.create_index(f"{table}_session", table, ["session_id"])


def _challenges() -> None:
    op.create_table(
        "challenge",
        sa.Column("id_hash", sa.LargeBinary, primary_key=True),
        sa.Column("browser_hash", sa.LargeBinary, nullable=False),
        sa.Column("client_id", sa.String(100), nullable=False),
        sa.Column("redirect_uri", sa.String(2000), nullable=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("oauth_state", sa.String(2000)),
        sa.Column("nonce", sa.String(500)),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True),
        sa.Column("acr", sa.String(100)),
        sa.Column("auth_time", TIME),
        sa.Column("upstream_provider", sa.String(50)),
        sa.Column("upstream_state_hash", sa.LargeBinary, unique=True),
        sa.Column("upstream_secrets", sa.LargeBinary),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )


def _guards() -> None:
    op.create_table(
        "image_code",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "failed_tries",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("since", TIME, nullable=False, index=True),
        sa.Column("locked_until", TIME),
    )


def _account() -> sa.Column[object]:
    return sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False)


def _session() -> sa.Column[object]:
    return sa.Column("session_id", sa.Uuid, sa.ForeignKey("browser_session.id", ondelete="CASCADE"), nullable=False)
