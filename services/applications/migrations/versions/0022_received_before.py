"""What offices received before the database kept it, and indexes of statuses and reference numbers.

Beside the running service, with no row locked for longer than a few of them take; a repeat goes on where it ended.
"""

import sqlalchemy as sa
from alembic import op

from shenbao_common.web import migrating

revision = "0022"
down_revision = "0021"

_BATCH = 2_000
_FILL = """
WITH these AS (
    SELECT id, status FROM application WHERE round > 0 AND id > :after ORDER BY id LIMIT :number FOR SHARE
), kept AS (
    INSERT INTO received (application_id, organisation_id, status)
    SELECT DISTINCT these.id, step.organisation_id, these.status
    FROM these JOIN step ON step.application_id = these.id WHERE step.state <> 'recalled'
    ON CONFLICT DO NOTHING
)
SELECT id FROM these ORDER BY id DESC LIMIT 1
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        after: object = "00000000-0000-0000-0000-000000000000"
        while after is not None:
            after = op.get_bind().execute(sa.text(_FILL), {"after": after, "number": _BATCH}).scalar()
        with migrating.unhurried():
            _index("application_by_status", ["status", "id"])
            _index("application_by_reference", ["reference"], postgresql_ops={"reference": "text_pattern_ops"})


def _index(name: str, columns: list[str], **how: object) -> None:
    op.create_index(name, "application", columns, postgresql_concurrently=True, if_not_exists=True, **how)
