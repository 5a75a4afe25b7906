"""Units that a person registered to declare in their name, by department: their archives are verified there.

Beside the running service.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "unit_self_declaring",
            "unit",
            ["department_id"],
            postgresql_where=sa.text("self_declaring"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
