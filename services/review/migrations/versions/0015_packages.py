"""Packages between levels."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "package",
        sa.Column("package_id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("from_id", sa.Uuid, nullable=False),
        sa.Column("from_name", sa.Text, nullable=False),
        sa.Column("to_id", sa.Uuid, nullable=False),
        sa.Column("to_name", sa.Text, nullable=False),
        sa.Column("sent_at", _TIME, nullable=False),
        sa.Column("sent_by", sa.Uuid, nullable=False),
        sa.Column("received_at", _TIME),
        sa.Column("received_by", sa.Uuid),
    )
    op.create_index("package_from", "package", ["from_id", "package_id"])
    op.create_index("package_to", "package", ["to_id", "package_id"])
    op.create_table(
        "package_case",
        sa.Column("package_id", sa.Uuid, sa.ForeignKey("package.package_id"), primary_key=True),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("step_id", sa.Uuid, sa.ForeignKey("step.step_id"), nullable=False, unique=True),
        sa.Column("returned_at", _TIME),
        sa.Column("reason", sa.LargeBinary),
    )
