"""What operators ask of the bus: replays, and indexes by trace.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

from shenbao_common.bus.migration import add_operating

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_operating(op)
