"""Code dictionaries and their published versions; applications say with which they were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("dictionary", sa.String(60), primary_key=True),
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("zh", sa.String(200), nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
    )
    op.create_table(
        "code_version",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("codes", JSONB, nullable=False),
        sa.Column("published_by", sa.Uuid, nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Index("code_version_effective", "effective_on", "number"),
    )
    op.add_column("application", sa.Column("codes_version", sa.Integer, sa.ForeignKey("code_version.number")))
