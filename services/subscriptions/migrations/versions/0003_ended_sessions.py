"""Which sign-ins were ended."""

from alembic import op

from shenbao_common.web import accounts

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    accounts.metadata.create_all(op.get_bind())
