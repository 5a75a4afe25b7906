"""By which unit a department reads a proof, and where units stand now."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
NOBODY = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.create_table(
        "unit_standing",
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("department_id", sa.Uuid),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("examines", sa.Boolean, nullable=False),
    )
    op.add_column("proof", sa.Column("unit_id", sa.Uuid, nullable=False, server_default=NOBODY))
    op.add_column("proof", sa.Column("of_archive", sa.Boolean, nullable=False, server_default=sa.false()))
    key = ["file_id", "organisation_id", "unit_id"]
    with op.get_context().autocommit_block():
        op.create_index("proof_by_unit", "proof", key, unique=True, postgresql_concurrently=True)
    op.execute(
        "ALTER TABLE proof DROP CONSTRAINT proof_pkey, ADD CONSTRAINT proof_pkey PRIMARY KEY USING INDEX proof_by_unit"
    )
