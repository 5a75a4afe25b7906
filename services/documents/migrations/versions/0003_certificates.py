"""Certificates with their numbers, and seals."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("reader", sa.Column("organisation_name", sa.String(200)))
    op.create_table(
        "party",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("filler_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("approved", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "seal",
        sa.Column("holder_id", sa.Uuid, primary_key=True),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "certificate_counter",
        sa.Column("series", sa.String(12), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    _certificates()


def _certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("organisation_name", sa.String(200), nullable=False),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("holder", sa.LargeBinary, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("replaced_by_id", sa.Uuid),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_index("certificate_of_application", "certificate", ["application_id", "id"])
    op.create_index("certificate_by_content", "certificate", ["sha256"])
    op.create_index(
        "one_valid_certificate",
        "certificate",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    )
