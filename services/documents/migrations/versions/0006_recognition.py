"""What a document says: recognised by machine, confirmed by its owner, and found again by its number."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("file", sa.Column("facts", sa.LargeBinary))
    op.add_column("file", sa.Column("fact_key", sa.LargeBinary))
    op.create_index("file_by_fact", "file", ["fact_key"])
    op.create_index("application_file_by_application", "application_file", ["application_id"])
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "recognition_waiting", "recognition", ["id"], postgresql_where=sa.text("state in ('waiting', 'running')")
    )
