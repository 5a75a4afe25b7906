"""Files, prints, and our copies of programmes and applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_common_tables(op)
    _files()
    _copies()
    _prints()


def _files() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, nullable=False, index=True),
        sa.Column("unit_id", sa.Uuid, index=True),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )


def _copies() -> None:
    op.create_table(
        "programme",
        sa.Column("programme", sa.String(100), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("slots", JSONB, nullable=False),
        sa.Column("forms", JSONB, nullable=False),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("print_hash", sa.String(200), nullable=False),
    )
    op.create_table(
        "application_file",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("filler_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "reader",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
    )


def _prints() -> None:
    op.create_table(
        "print",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("print_hash", sa.String(200), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("watermark", sa.Boolean, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("filler_id", sa.Uuid, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("print_of_application", "print", ["application_id", "id"])
