"""The audit trail."""

from alembic import op

from shenbao_common.data import audit

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    audit.create_tables(op.get_bind())
