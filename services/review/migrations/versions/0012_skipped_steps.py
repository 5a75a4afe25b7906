"""Steps that do not concern the applicant of a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("review_case", sa.Column("skips", JSONB()))
