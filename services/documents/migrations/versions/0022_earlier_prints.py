"""What prints of certificates said that were extended since."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "certificate_earlier_print",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("certificate_id", sa.Uuid, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
    )
