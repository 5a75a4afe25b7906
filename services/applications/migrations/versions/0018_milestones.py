"""When the information and the materials of an application were saved."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "milestone",
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(30), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
