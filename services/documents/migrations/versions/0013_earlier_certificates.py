"""Certificates of earlier systems."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "earlier_certificate",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String(60), unique=True, nullable=False),
        sa.Column("holder", sa.LargeBinary, nullable=False),
        sa.Column("number_index", sa.LargeBinary, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("organisation_name", sa.String(200), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("imported_by", sa.Uuid, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("earlier_certificate_holder", "number_index", "id"),
    )
