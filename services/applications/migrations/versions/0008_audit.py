"""The audit trail."""

from alembic import op

from shenbao_common.data import audit

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    audit.create_tables(op.get_bind())
