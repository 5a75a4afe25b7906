"""What operators ask of the bus: replays, and indexes by trace.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from shenbao_common.bus.migration import add_operating

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add_operating(op)
