"""Which units persons registered to declare in their name."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("unit", sa.Column("self_declaring", sa.Boolean, nullable=False, server_default=sa.false()))
