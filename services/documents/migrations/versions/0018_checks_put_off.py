"""A file that the scanner comes to no verdict about waits before it is shown to it again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("upload", sa.Column("checks", sa.Integer, nullable=False, server_default="0"))
    op.add_column("upload", sa.Column("check_at", sa.DateTime(timezone=True)))
