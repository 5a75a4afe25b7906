"""Since when an officer has a case."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("queue_entry", sa.Column("claimed_at", sa.DateTime(timezone=True)))
