"""Working days by the State Council's schedules, time limits of steps, and what is due when."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()

# Days off that fall on Monday to Friday, and weekend days that are worked (国务院办公厅关于部分节假日安排的通知).
SCHEDULES = {
    2020: (
        "0101 0124 0127 0128 0129 0130 0131 0406 0501 0504 0505 0625 0626 1001 1002 1005 1006 1007 1008",
        "0119 0426 0509 0628 0927 1010",
    ),
    2021: (
        "0101 0211 0212 0215 0216 0217 0405 0503 0504 0505 0614 0920 0921 1001 1004 1005 1006 1007",
        "0207 0220 0425 0508 0918 0926 1009",
    ),
    2022: (
        "0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
        "0129 0130 0402 0424 0507 1008 1009",
    ),
    2023: (
        "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
        "0128 0129 0423 0506 0625 1007 1008",
    ),
    2024: (
        "0101 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003 1004 1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    2025: (
        "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
        "0126 0208 0427 0928 1011",
    ),
    2026: (
        "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
        "0104 0214 0228 0509 0920 1010",
    ),
}


def upgrade() -> None:
    create_calendar()
    op.create_table(
        "timer",
        sa.Column("timer_id", sa.Uuid(), primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fired_at", MOMENT),
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("timer_due", "due_at", postgresql_where=sa.text("fired_at IS NULL")),
    )
    op.add_column("step", sa.Column("limit_days", sa.Integer()))
    op.add_column("step", sa.Column("remind_before", sa.Integer()))
    op.add_column("step", sa.Column("escalate", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("step", sa.Column("due_on", sa.Date()))
    op.add_column("step", sa.Column("overdue_at", MOMENT))
    op.add_column("step", sa.Column("escalated_to", sa.Uuid()))
    op.add_column("queue_entry", sa.Column("overdue", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "queue_entry_overdue",
        "queue_entry",
        ["body_id", "since", "application_id"],
        postgresql_where=sa.text("overdue"),
    )


def create_calendar() -> None:
    years = op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("source", TEXT, nullable=False),
    )
    days = op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("works", sa.Boolean(), nullable=False),
    )
    op.bulk_insert(years, [{"year": y, "source": f"国务院办公厅关于{y}年部分节假日安排的通知"} for y in SCHEDULES])
    exceptions = [
        {"day": date(year, int(text[:2]), int(text[2:])), "works": works}
        for year, schedule in SCHEDULES.items()
        for works, listed in zip((False, True), schedule, strict=True)
        for text in listed.split()
    ]
    op.bulk_insert(days, exceptions)
