"""Whoever may do everything may read the audit trail too: a tick that nobody holds is one that nobody can give."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_EVERYTHING = "{programme.publish,organisation.manage,account.manage,subscription.manage,events.operate}"


def upgrade() -> None:
    holders = "kind = 'admin' AND permissions @> cast(:all as varchar[]) AND NOT 'audit.read' = ANY(permissions)"
    given = sa.text(f"UPDATE account SET permissions = array_append(permissions, 'audit.read') WHERE {holders}")  # noqa: S608
    op.execute(given.bindparams(all=_EVERYTHING))
