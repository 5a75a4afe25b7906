"""Which files the newest content of an application stands on; known from the next save of each on."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "file_use",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, primary_key=True),
    )
    op.create_index("file_use_of_application", "file_use", ["application_id"])
