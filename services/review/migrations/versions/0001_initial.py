"""Cases, steps, queues, the log, and copies of programmes, projects, organisations and units."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    create_common_tables(op)
    create_copies()
    create_cases()
    create_steps()
    create_queues()
    create_log()


def create_copies() -> None:
    op.create_table(
        "programme_version",
        sa.Column("programme", TEXT, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("route", JSONB(), nullable=False),
        sa.Column("re_entry_step", TEXT, nullable=False),
        sa.Column("labels", JSONB(), nullable=False),
    )
    op.create_table(
        "project",
        sa.Column("project_id", sa.Uuid(), primary_key=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Index("organisation_level", "level"),
    )
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.Uuid(), primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )


def create_cases() -> None:
    op.create_table(
        "recall",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "review_case",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("variant", TEXT, nullable=False),
        sa.Column("tier", TEXT, nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("filler_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("first_round", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("routed", sa.Boolean(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Index("review_case_unit", "unit_id", "state", "moved_at", "application_id"),
        sa.Index("review_case_filler", "filler_id", "state", "moved_at", "application_id"),
        sa.Index("review_case_moved", "moved_at", "application_id"),
        sa.Index("review_case_unrouted", "application_id", postgresql_where=sa.text("NOT routed")),
    )


def create_steps() -> None:
    op.create_table(
        "step",
        sa.Column("step_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("name_zh", TEXT, nullable=False),
        sa.Column("name_en", TEXT, nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", TEXT, nullable=False),
        sa.Column("actions", ARRAY(TEXT), nullable=False),
        sa.Column("opinion_required", ARRAY(TEXT), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.UniqueConstraint("application_id", "round", "key"),
        sa.Index("step_body", "application_id", "body_id"),
    )


def create_queues() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("body_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("tab", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Index("queue_entry_tab", "body_id", "tab", "since", "application_id"),
        sa.Index("queue_entry_all", "body_id", "since", "application_id"),
        sa.Index("queue_entry_project", "body_id", "project_id", "tab", "since", "application_id"),
        sa.Index("queue_entry_reference", "body_id", "reference", postgresql_ops={"reference": "text_pattern_ops"}),
    )


def create_log() -> None:
    op.create_table(
        "log_entry",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step_key", TEXT),
        sa.Column("name_zh", TEXT),
        sa.Column("name_en", TEXT),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", TEXT, nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("opinion", sa.LargeBinary()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Index("log_entry_case", "application_id", "entry_id"),
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the log is only ever added to' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER log_entry_stays BEFORE UPDATE OR DELETE ON log_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
    )
