"""What authorities publish for everybody, and which committee evaluates a project."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("visible_from", sa.Date),
        sa.Column("visible_until", sa.Date),
        sa.Column("attachments", JSONB, nullable=False),
        sa.Column("project_ids", JSONB, nullable=False),
        sa.Column("committees", JSONB, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("organisation_name", sa.String(200), nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Index("publication_by_kind", "kind", "position", "id"),
        sa.Index("publication_by_organisation", "organisation_id", "id"),
    )
    op.create_table(
        "project_committee",
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("committee_id", sa.Uuid, sa.ForeignKey("committee.id"), nullable=False),
        sa.Column("groups", JSONB, nullable=False),
        sa.Index("project_committee_by_committee", "committee_id", "project_id"),
    )
