"""Which report of an application was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for name in ("round", "recalled_round"):
        op.add_column("party", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
