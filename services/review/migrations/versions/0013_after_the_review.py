"""Reconsideration of rejections, numbers after publicity, examinations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

_ASKED = "reconsideration.reconsideration_id"
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("programme_version", sa.Column("reconsideration", JSONB()))
    op.add_column("step", sa.Column("exam", JSONB()))
    op.add_column("step", sa.Column("score", sa.Float()))
    _reconsiderations()
    op.create_table(
        "issuance",
        sa.Column("issuance_id", sa.Uuid, primary_key=True),
        sa.Column("publicity_id", sa.Uuid, sa.ForeignKey("publicity.publicity_id"), nullable=False, unique=True),
        sa.Column("body_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("numbered_at", _TIME, nullable=False),
        sa.Column("numbered_by", sa.Uuid, nullable=False),
        sa.Column("document_number", sa.Text),
        sa.Column("issuing_unit", sa.Text),
        sa.Column("issued_at", _TIME),
    )
    op.create_index("issuance_body", "issuance", ["body_id", "issuance_id"])
    op.create_table(
        "certificate_number",
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("issuance_id", sa.Uuid, sa.ForeignKey("issuance.issuance_id"), nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("revoked_at", _TIME),
        sa.Column("reason", sa.LargeBinary),
    )
    op.create_index("ix_certificate_number_issuance_id", "certificate_number", ["issuance_id"])
    op.create_table(
        "number_counter",
        sa.Column("series", sa.Text, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _reconsiderations() -> None:
    op.create_table(
        "reconsideration",
        sa.Column("reconsideration_id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("review_case.application_id"), nullable=False, unique=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_at", _TIME),
    )
    op.create_table(
        "reconsideration_step",
        sa.Column("step_id", sa.Uuid, primary_key=True),
        sa.Column(
            "reconsideration_id",
            sa.Uuid,
            sa.ForeignKey("reconsideration.reconsideration_id"),
            nullable=False,
            index=True,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("body_id", sa.Uuid, nullable=False),
        sa.Column("body_name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opinion", sa.LargeBinary),
        sa.Column("decided_at", _TIME),
        sa.Column("decided_by", sa.Uuid),
    )
    op.create_index("reconsideration_step_body", "reconsideration_step", ["body_id", "state", "reconsideration_id"])
