"""Files are used again, turned, uploaded in parts, seen by others and deleted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("file", sa.Column("source", sa.String(100), nullable=False, server_default="upload"))
    op.add_column("file", sa.Column("origin_id", sa.Uuid))
    op.add_column("file", sa.Column("valid_until", sa.Date))
    op.create_index("file_of_owner", "file", ["owner_id", "made_at", "id"])
    op.create_index("file_of_unit", "file", ["unit_id", "made_at", "id"])
    op.create_index("file_by_content", "file", ["sha256"])
    op.create_index("print_by_content", "print", ["sha256"])
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("refusal", JSONB),
        sa.Column("file_id", sa.Uuid),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "file_view",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table("unwanted", sa.Column("sha256", sa.String(64), primary_key=True))
