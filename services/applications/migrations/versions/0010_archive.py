"""The performance archive, and finding applications by a piece of name or number."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "archive_holder",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.LargeBinary), nullable=False),
        sa.Index("archive_holder_parts", "parts", postgresql_using="gin"),
    )
    op.create_table(
        "archive_record",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("archive_holder.account_id"), nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("passed_number", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT),
        sa.Index("archive_record_unit", "unit_id", "category", "state", "id"),
        sa.Index("archive_record_holder", "account_id", "category", "id"),
    )
    op.create_table(
        "archive_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("record_id", sa.Uuid, sa.ForeignKey("archive_record.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("values", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.UniqueConstraint("record_id", "number"),
    )
    _log()
    op.add_column("application", sa.Column("parts", postgresql.ARRAY(sa.LargeBinary)))


def _log() -> None:
    op.create_table(
        "archive_entry",
        sa.Column("entry_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("record_id", sa.Uuid, sa.ForeignKey("archive_record.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("actor_name", sa.LargeBinary, nullable=False),
        sa.Column("opinion", sa.LargeBinary),
        sa.Column("at", MOMENT, nullable=False),
        sa.Index("archive_entry_record", "record_id", "entry_id"),
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_archive_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the log is only ever added to' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER archive_entry_stays BEFORE UPDATE OR DELETE ON archive_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_archive_log()"
    )
