"""Which sign-ins were ended."""

from alembic import op

from shenbao_common.web import accounts

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    accounts.metadata.create_all(op.get_bind())
