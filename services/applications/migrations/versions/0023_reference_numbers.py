"""Reference numbers come from a sequence: beginning an application waits for no other one that is just being begun.

The version before goes on raising `last`; a trigger gives it the sequence's numbers too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_SEQUENCE = "CREATE SEQUENCE reference_number"
_BEFORE = "UPDATE reference_counter SET before = nextval('reference_number') - last"
_TRIGGER = (
    """
CREATE FUNCTION reference_number_of_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.last := nextval('reference_number') - NEW.before;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER reference_number_of_before BEFORE UPDATE OF last ON reference_counter
FOR EACH ROW EXECUTE FUNCTION reference_number_of_before()
""",
)


def upgrade() -> None:
    op.execute(_SEQUENCE)
    # Whoever takes a number meanwhile waits until its year has its place in the sequence.
    op.execute("LOCK TABLE reference_counter IN EXCLUSIVE MODE")
    op.add_column("reference_counter", sa.Column("before", sa.BigInteger))
    op.execute(_BEFORE)
    op.alter_column(
        "reference_counter", "before", nullable=False, server_default=sa.text("nextval('reference_number') - 1")
    )
    for statement in _TRIGGER:
        op.execute(statement)
