"""Numbers of applicants within a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "applicant_number",
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), unique=True, nullable=False),
    )
