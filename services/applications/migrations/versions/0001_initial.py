"""Programmes, projects, applications, and our copies of organisations, units and review's steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_common_tables(op)
    _programmes()
    _project()
    _application()
    _of_applications()
    _copies()


def _programmes() -> None:
    op.create_table(
        "programme",
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("last_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "programme_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme", sa.String(60), sa.ForeignKey("programme.key"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("published_by", sa.Uuid, nullable=False),
        _moment("published_at"),
        sa.UniqueConstraint("programme", "version"),
    )


def _project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("programme_version.id"), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("variant", sa.String(60), nullable=False),
        sa.Column("tier", sa.String(20), nullable=False),
        sa.Column("visible_to", sa.String(10), nullable=False),
        sa.Column("publisher_id", sa.Uuid, nullable=False),
        sa.Column("publisher_name", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("specialties", JSONB, nullable=False),
        sa.Column("scope_text", sa.Text, nullable=False),
        sa.Column("scope_department_ids", JSONB, nullable=False),
        sa.Column("notice_title", sa.String(200), nullable=False),
        sa.Column("notice_body", sa.Text, nullable=False),
        _moment("published_at"),
    )
    op.create_index("project_by_publisher", "project", ["publisher_id", "id"])


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reference", sa.String(20), nullable=False, unique=True),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("programme_version.id"), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("variant", sa.String(60), nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("filler_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sections", sa.LargeBinary, nullable=False),
        sa.Column("headline", sa.LargeBinary, nullable=False),
        sa.Column("name_index", sa.LargeBinary),
        sa.Column("number_index", sa.LargeBinary),
        sa.Column("print_hash", sa.String(64), nullable=False),
        _moment("created_at"),
        _moment("saved_at"),
        _moment("reported_at", nullable=True),
    )
    op.create_index("application_by_unit", "application", ["unit_id", "id"])
    op.create_index("application_by_unit_project", "application", ["unit_id", "project_id", "status"])
    op.create_index("application_by_filler", "application", ["filler_id", "id"])
    op.create_index("application_by_project", "application", ["project_id", "id"])
    op.create_index("application_by_name", "application", ["name_index"])
    op.create_index("application_by_number", "application", ["number_index"])
    op.create_index(
        "application_open_once",
        "application",
        ["project_id", "number_index"],
        unique=True,
        postgresql_where=sa.text("status not in ('deleted', 'rejected')"),
    )


def _of_applications() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sections", sa.LargeBinary, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("submitted_by", sa.Uuid, nullable=False),
        _moment("submitted_at"),
        sa.UniqueConstraint("application_id", "round"),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), nullable=False),
        sa.Column("step_key", sa.String(60), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("organisation_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _moment("decided_at", nullable=True),
        sa.UniqueConstraint("application_id", "round", "step_key", "organisation_id"),
    )
    op.create_index("step_by_organisation", "step", ["organisation_id", "application_id"])
    op.create_table(
        "reference_counter",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _copies() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("parent_id", sa.Uuid, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("department_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
