"""What was agreed to before an analysis, analyses of register data, and every read of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("programme_version.id"), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("accepted_at", _TIME, nullable=False),
        sa.UniqueConstraint("account_id", "version_id", "key"),
    )
    op.create_table(
        "register_read",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("analysis_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("register", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("request_id", sa.String(40)),
        sa.Index("register_read_by_analysis", "analysis_id"),
        sa.Index("register_read_by_account", "account_id", "id"),
    )
    op.create_table(
        "analysis",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("programme_version.id"), nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Index("analysis_by_age", "created_at"),
    )
    op.add_column("application", sa.Column("registered", sa.LargeBinary))
