"""Officers and what is asked for them, bindings of persons, delegations that end, history, search by part of a name.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _officers()
    _bindings()
    _history()
    _name_parts()
    op.add_column("sub_account", sa.Column("valid_until", sa.Date))
    op.create_index(
        "sub_account_by_end",
        "sub_account",
        ["valid_until"],
        postgresql_where=sa.text("valid_until IS NOT NULL AND state = 'enabled'"),
    )


def _officers() -> None:
    op.create_table(
        "officer",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="officer_once"),
    )
    op.create_index("officer_of_unit", "officer", ["unit_id"])
    op.execute(
        "INSERT INTO officer (account_id, unit_id, since, revision, version) "
        "SELECT account_id, id, registered_at, 0, 1 FROM unit"
    )
    op.create_table(
        "officer_request",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id")),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("letter_id", sa.Uuid),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", name="officer_requested_once"),
    )
    op.create_index(
        "officer_request_waiting", "officer_request", ["unit_id", "id"], postgresql_where=sa.text("state = 'waiting'")
    )


def _bindings() -> None:
    op.create_table(
        "binding",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    for state in ("pending", "active"):
        op.create_index(
            f"binding_{state}_once",
            "binding",
            ["account_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index("binding_of_person", "binding", ["account_id", "id"])
    op.create_index("binding_of_unit", "binding", ["unit_id", "state", "id"])


def _history() -> None:
    op.create_table(
        "history_entry",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("act", sa.String(30), nullable=False),
        sa.Column("actor_id", sa.Uuid, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
    )
    op.create_index("history_of_unit", "history_entry", ["unit_id", "id"])


def _name_parts() -> None:
    """Every name from each of its characters on: a part of a name is then the beginning of a line.

    The database keeps these lines itself, so that a unit registered by the version before this one has them too.
    """
    op.create_table(
        "unit_name_part",
        sa.Column("part", sa.String(200, collation="C"), primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("at", sa.Integer),
    )
    op.create_index("unit_name_part_of_unit", "unit_name_part", ["unit_id"])
    op.execute(_KEEPER)
    for when, event in (("registered", "INSERT"), ("renamed", "UPDATE OF name")):
        op.execute(
            f"CREATE TRIGGER unit_name_parts_when_{when} AFTER {event} ON unit "
            "FOR EACH ROW EXECUTE FUNCTION keep_unit_name_parts()"
        )
    # For the units there are already: the trigger writes their parts.
    op.execute("UPDATE unit SET name = name")


_KEEPER = """
CREATE FUNCTION keep_unit_name_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM unit_name_part WHERE unit_id = NEW.id;
    INSERT INTO unit_name_part (part, unit_id, at)
        SELECT substr(lower(NEW.name), at), NEW.id, at FROM generate_series(1, char_length(lower(NEW.name))) AS at;
    RETURN NULL;
END $$
"""
