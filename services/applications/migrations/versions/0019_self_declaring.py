"""Which units examine nothing, since persons registered them to declare in their name."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("unit", sa.Column("self_declaring", sa.Boolean, nullable=False, server_default=sa.false()))
