"""Deleted files that may turn out to be reported, questions about certificates, images that wait by owner."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("file", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.create_index("file_deleted", "file", ["deleted_at"], postgresql_where=sa.text("deleted_at is not null"))
    op.create_table(
        "look_ups",
        sa.Column("address", sa.LargeBinary, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    waiting = sa.text("state in ('waiting', 'running')")
    op.create_index("recognition_of_owner", "recognition", ["owner_id"], postgresql_where=waiting)
