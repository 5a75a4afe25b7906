"""The audit trail."""

from alembic import op

from shenbao_common.data import audit

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    audit.create_tables(op.get_bind())
