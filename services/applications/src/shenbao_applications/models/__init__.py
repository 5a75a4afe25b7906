"""Rows of applications: programmes, projects, applications, and copies of what others own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_applications.models.base import OF_FILLER, OF_PERSON, Base
from shenbao_applications.models.copies import Binding, Committee, Organisation, Unit
from shenbao_applications.models.dictionaries import Code, CodeVersion
from shenbao_applications.models.pretest import Analysis, Consent, Notice, RegisterRead
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7

__all__ = [
    "Analysis",
    "Application",
    "Base",
    "Binding",
    "Code",
    "CodeVersion",
    "Commitment",
    "Committee",
    "Consent",
    "Notice",
    "Organisation",
    "Programme",
    "ProgrammeVersion",
    "Project",
    "ReferenceCounter",
    "RegisterRead",
    "Snapshot",
    "Step",
    "Unit",
]


class Programme(Base):
    """A programme and the number of its last version; the row is the lock under which versions are numbered."""

    __tablename__ = "programme"

    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    last_version: Mapped[int]


class ProgrammeVersion(Base):
    """One published pack; it never changes. source: the text as it was handed in.

    withdrawn_at: since then no project is published on it; what is under way on it goes on.
    """

    __tablename__ = "programme_version"
    __table_args__ = (sa.UniqueConstraint("programme", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    programme: Mapped[str] = mapped_column(sa.ForeignKey("programme.key"))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    document: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.Text)
    published_by: Mapped[UUID]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Project(Base):
    """Published under one variant of one version. opens_on, closes_on: days in China, both included."""

    __tablename__ = "project"
    __table_args__ = (sa.Index("project_by_publisher", "publisher_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programme_version.id"))
    programme: Mapped[str] = mapped_column(sa.String(60))
    version: Mapped[int]
    variant: Mapped[str] = mapped_column(sa.String(60))
    tier: Mapped[str] = mapped_column(sa.String(20))
    visible_to: Mapped[str] = mapped_column(sa.String(10))
    publisher_id: Mapped[UUID]
    publisher_name: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(sa.String(200))
    year: Mapped[int]
    batch: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    specialties: Mapped[list[str]]
    scope_text: Mapped[str] = mapped_column(sa.Text)
    scope_department_ids: Mapped[list[str]]
    notice_title: Mapped[str] = mapped_column(sa.String(200))
    notice_body: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime]


class Application(Base):
    """One person's material in one project.

    revision: grows with every save, report and recall. round: how often it was reported. sections: what was filled in.
    open_items: what the latest return opened, None for everything; it counts while the status is returned.
    saved_steps: which steps of a form in steps were saved complete.
    registered: what registers filled in, and where it is from. recognition_id: the recognition that it renews.
    supersedes_id: the case that it replaces (T18). unit_id: NOBODY for a person's own.
    codes_version: the code dictionaries that its choices are from, None where its programme uses none.
    headline: the few values that lists show. name_index, number_index: find it by exact name or ID number.
    """

    __tablename__ = "application"
    __table_args__ = (
        sa.Index("application_by_unit", "unit_id", "id"),
        sa.Index("application_by_unit_project", "unit_id", "project_id", "status"),
        sa.Index("application_by_filler", "filler_id", "id"),
        sa.Index("application_by_project", "project_id", "id"),
        sa.Index(
            "application_open_draft",
            "programme",
            postgresql_where=sa.text("status in ('draft', 'ready_to_report')"),
        ),
        sa.Index("application_by_status", "status", "id"),
        sa.Index("application_by_reference", "reference", postgresql_ops={"reference": "text_pattern_ops"}),
        sa.Index("application_by_name", "name_index"),
        sa.Index("application_by_number", "number_index"),
        sa.Index(
            "application_open_once",
            "project_id",
            "number_index",
            unique=True,
            postgresql_where=sa.text("status not in ('deleted', 'rejected', 'superseded')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"))
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programme_version.id"))
    programme: Mapped[str] = mapped_column(sa.String(60))
    variant: Mapped[str] = mapped_column(sa.String(60))
    codes_version: Mapped[int | None] = mapped_column(sa.ForeignKey("code_version.number"))
    unit_id: Mapped[UUID]
    filler_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(sa.String(20))
    round: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(nullable=False)
    sections: Mapped[Any] = mapped_column(OF_FILLER, default=dict)
    headline: Mapped[Any] = mapped_column(OF_FILLER, default=dict)
    open_items: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    saved_steps: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    registered: Mapped[Any] = mapped_column(OF_FILLER, nullable=True)
    supersedes_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("application.id"))
    recognition_id: Mapped[UUID | None]
    name_index: Mapped[bytes | None]
    number_index: Mapped[bytes | None]
    parts: Mapped[list[bytes] | None] = mapped_column(ARRAY(sa.LargeBinary))
    print_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(
        lazy="raise", viewonly=True, primaryjoin="foreign(Application.unit_id) == Unit.id"
    )
    steps: Mapped[list["Step"]] = relationship(lazy="raise", order_by="Step.id")

    __mapper_args__ = {"version_id_col": version}


class Recognition(Base):
    """An earlier recognition of a register, handed over by the bureau that keeps it.

    content: name, id_type, id_number, category, sections (the form as it was), materials (names of its files).
    account_id: whose it is, since that person signed in with the same number.
    unit_id: through which it was applied for.
    valid_until: None for as long as a programme says. certificate_id: its certificate, where documents issued it.
    """

    __tablename__ = "recognition"
    __table_args__ = (
        sa.UniqueConstraint("register", "number_index", "recognised_on"),
        sa.Index("recognition_by_number", "number_index"),
        sa.Index("recognition_by_account", "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    register: Mapped[str] = mapped_column(sa.String(60))
    number_index: Mapped[bytes]
    content: Mapped[Any] = mapped_column(SealedJson)
    recognised_on: Mapped[date]
    valid_until: Mapped[date | None]
    status: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    certificate_id: Mapped[UUID | None]
    imported_by: Mapped[UUID]
    imported_at: Mapped[datetime]


class Commitment(Base):
    """Somebody agreed to a text of a version, for one application; the version says what the text was."""

    __tablename__ = "commitment"
    __table_args__ = (sa.UniqueConstraint("application_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    account_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programme_version.id"))
    accepted_at: Mapped[datetime]


class Snapshot(Base):
    """What was reported, as it was at that moment; content_hash is that of domain.printing."""

    __tablename__ = "snapshot"
    __table_args__ = (sa.UniqueConstraint("application_id", "round"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"))
    round: Mapped[int]
    revision: Mapped[int]
    sections: Mapped[Any] = mapped_column(OF_PERSON)
    report: Mapped[Any] = mapped_column(SealedJson)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    submitted_by: Mapped[UUID]
    submitted_at: Mapped[datetime]


class Step(Base):
    """Copy of review's steps: whose queue an application is or was in.

    state: open passed returned failed cancelled recalled; watched: a superior office reads it since a limit passed.
    """

    __tablename__ = "step"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "round", "step_key", "organisation_id"),
        sa.Index("step_by_organisation", "organisation_id", "application_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"))
    step_key: Mapped[str] = mapped_column(sa.String(60))
    round: Mapped[int]
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(10))
    decided_at: Mapped[datetime | None]


class ReferenceCounter(Base):
    """Where a year's reference numbers begin in the sequence that all years share; 1 is who was first in it."""

    __tablename__ = "reference_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    before: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("nextval('reference_number') - 1"))
