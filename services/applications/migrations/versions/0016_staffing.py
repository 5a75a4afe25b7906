"""Professional staff of units, their appointments, and the structure of posts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.Column("number_index", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.UniqueConstraint("unit_id", "number_index", name="staff_member_once"),
        sa.Index("staff_of_unit", "unit_id", "id"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, sa.ForeignKey("staff_member.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("over_quota", sa.Boolean, nullable=False),
        sa.Column("entered_by", sa.Uuid, nullable=False),
        sa.Column("entered_at", _TIME, nullable=False),
        sa.Index("appointment_of_member", "member_id", "id"),
        sa.Index("appointment_once", "member_id", unique=True, postgresql_where=sa.text("ends_on IS NULL")),
    )
    op.create_table(
        "staff_structure",
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("quotas", JSONB, nullable=False),
        sa.Column("reaction", sa.String(10), nullable=False),
        sa.Column("appointed", JSONB, nullable=False),
        sa.Column("members", sa.Integer, nullable=False),
    )
