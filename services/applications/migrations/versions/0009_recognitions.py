"""Recognitions of earlier years, and which of them an application renews."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("register", sa.String(60), nullable=False),
        sa.Column("number_index", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("recognised_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        sa.Column("certificate_id", sa.Uuid),
        sa.Column("imported_by", sa.Uuid, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("register", "number_index", "recognised_on"),
        sa.Index("recognition_by_number", "number_index"),
        sa.Index("recognition_by_account", "account_id", "id"),
    )
    op.add_column("application", sa.Column("recognition_id", sa.Uuid))
