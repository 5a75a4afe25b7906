"""Counters of what comes and what is decided by day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_COUNTED = ("came", "passed", "returned", "failed", "within_1", "within_3", "within_5", "within_10", "longer")


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("owner_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("project_id", sa.Uuid, primary_key=True),
        sa.Column("shard", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in _COUNTED),
    )
