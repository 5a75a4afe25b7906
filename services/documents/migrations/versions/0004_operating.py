"""What operators ask of the bus: replays, and indexes by trace.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

from shenbao_common.bus.migration import add_operating

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_operating(op)
