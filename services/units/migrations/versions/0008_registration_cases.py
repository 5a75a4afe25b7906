"""Registrations under manual review, units without a code, and what else a unit tells of itself.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, length in (("unit_type", 30), ("industry", 100), ("location", 100)):
        op.add_column("unit", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    # Units without any code are told apart by their accounts alone; the name stays, the refusal reads it.
    op.drop_constraint("unit_registered_once", "unit", type_="unique")
    op.create_index(
        "unit_registered_once",
        "unit",
        ["org_code", "department_id"],
        unique=True,
        postgresql_where=sa.text("org_code <> ''"),
    )
    op.create_table(
        "registration_case",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("bureau_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("certificate_id", sa.Uuid),
        sa.Column("details", sa.LargeBinary, nullable=False),
        sa.Column("agreement", sa.String(50)),
        sa.Column("agreement_version", sa.String(20)),
        sa.Column("consented_at", TIME),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("rounds", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("submitted_at", TIME),
        sa.Column("decided_at", TIME),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", name="registration_case_once"),
    )
    op.create_index(
        "registration_case_waiting",
        "registration_case",
        ["bureau_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
