"""How long what is kept: rules of programmes, ends of cases, holds, and when a file is asked whether it is in use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("programme", sa.Column("retention", JSONB))
    op.add_column("file", sa.Column("look_at", _MOMENT))
    # Also what the version before takes in while it is rolled out: who uses it then was told to nobody.
    op.add_column("file", sa.Column("uses_known", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "case_kept",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("programme", sa.String(100), nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        sa.Column("outcome", sa.String(10)),
        sa.Column("ended_at", _MOMENT),
        sa.Column("due_at", _MOMENT),
    )
    op.create_index("case_kept_due", "case_kept", ["due_at"], postgresql_where=sa.text("due_at is not null"))
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("cause", sa.String(20), primary_key=True),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("lifted_at", _MOMENT),
    )
    in_force = sa.text("lifted_at is null")
    op.create_index("hold_of_application", "hold", ["application_id"], postgresql_where=in_force)
    legal = sa.text("cause = 'legal' and lifted_at is null")
    op.create_index("hold_legal", "hold", ["since", "id"], postgresql_where=legal)
    op.create_table(
        "file_user", sa.Column("id", sa.Uuid, primary_key=True), sa.Column("revision", sa.Integer, nullable=False)
    )
    with op.get_context().autocommit_block():
        waiting = {"postgresql_where": sa.text("look_at is not null"), "postgresql_concurrently": True}
        op.create_index("file_to_look_at", "file", ["look_at"], **waiting)
