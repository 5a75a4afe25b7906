"""Organisations, units, sub-accounts, the copy of applications.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from shenbao_common.web.tables import create_common_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_common_tables(op)
    _organisations()
    _units()
    _sub_accounts()
    _copies()


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("level", sa.String(30), nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("organisation.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("code", name="organisation_code_once"),
    )
    op.create_index("organisation_children", "organisation", ["parent_id", "code"])
    op.create_index("organisation_by_name", "organisation", ["name", "id"])


def _units() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("org_code", sa.String(9), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("verified", sa.String(10), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate_id", sa.Uuid),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("org_code", "department_id", name="unit_registered_once"),
        sa.UniqueConstraint("account_id", name="unit_account_used_once"),
    )
    op.create_table(
        "register_answer",
        sa.Column("code", sa.String(18), primary_key=True),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("register_answer_by_age", "register_answer", ["known_at"])


def _sub_accounts() -> None:
    op.create_table(
        "sub_account",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(100), nullable=False),
        sa.Column("permissions", ARRAY(sa.String(50)), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="sub_account_used_once"),
    )
    op.create_index("sub_account_of_unit", "sub_account", ["unit_id", "username", "account_id"])


def _copies() -> None:
    op.create_table(
        "application_copy",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("filler_id", sa.Uuid),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("failed_round", sa.Integer, nullable=False),
    )
    op.create_index("application_copy_reported", "application_copy", ["unit_id"], postgresql_where=sa.text("reported"))
    op.create_index("application_copy_by_filler", "application_copy", ["filler_id"])
