"""The unit directory."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "directory_unit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("org_code", sa.String(9), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("added_by", sa.Uuid, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("org_code", name="directory_code_once"),
        sa.Index("directory_of_department", "department_id", "org_code"),
    )
