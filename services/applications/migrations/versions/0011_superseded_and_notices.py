"""Cases declared anew, and notices to the owners of drafts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("application", sa.Column("supersedes_id", sa.Uuid, sa.ForeignKey("application.id")))
    op.drop_index("application_open_once", "application")
    op.create_index(
        "application_open_once",
        "application",
        ["project_id", "number_index"],
        unique=True,
        postgresql_where=sa.text("status not in ('deleted', 'rejected', 'superseded')"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("notice_by_account", "account_id", "id"),
    )
