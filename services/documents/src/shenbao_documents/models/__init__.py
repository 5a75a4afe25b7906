"""Rows of documents. Rules live in domain."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_documents.models.base import OF_OWNER, TEXT_OF_OWNER
from shenbao_documents.models.base import Base as Base
from shenbao_documents.models.certificates import Certificate as Certificate
from shenbao_documents.models.certificates import CertificateCounter as CertificateCounter
from shenbao_documents.models.certificates import EarlierPrint as EarlierPrint

UPLOADED = "upload"


class File(Base):
    """An uploaded file that passed its checks; the bytes lie in the storage under their hash."""

    __tablename__ = "file"
    __table_args__ = (
        sa.Index("file_of_owner", "owner_id", "made_at", "id"),
        sa.Index("file_of_unit", "unit_id", "made_at", "id"),
        sa.Index("file_by_content", "sha256"),
        sa.Index("file_by_fact", "fact_key"),
        sa.Index("file_deleted", "deleted_at", postgresql_where=sa.text("deleted_at is not null")),
        sa.Index("file_to_look_at", "look_at", postgresql_where=sa.text("look_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    unit_id: Mapped[UUID | None] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(TEXT_OF_OWNER)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    pages: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    source: Mapped[str] = mapped_column(sa.String(100), server_default=UPLOADED)
    """Where the content came from: `upload`, or the provider it was retrieved from."""
    origin_id: Mapped[UUID | None]
    """The file that this one was turned or taken from; it is left as it was."""
    valid_until: Mapped[date | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(OF_OWNER)
    """What its owner says it is: `{"kind": …, "values": {field: text}}`."""
    fact_key: Mapped[bytes | None]
    """Blind index of kind and number: the same certificate, paper, patent or project is found by it."""
    deleted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    """When its owner deleted it; gone for everybody, but back when it turns out that it was reported before."""
    look_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    """When it is asked whether anything stands on it; null: never."""
    uses_known: Mapped[bool] = mapped_column(server_default=sa.false(), default=True)
    """Whether every use of it was told: not of files of before, which may be in use by what nobody told of."""


class Recognition(Base):
    """A file that a machine is to read. state: waiting, running, done, failed or cancelled."""

    __tablename__ = "recognition"
    __table_args__ = (
        sa.Index("recognition_waiting", "id", postgresql_where=sa.text("state in ('waiting', 'running')")),
        sa.Index("recognition_of_owner", "owner_id", postgresql_where=sa.text("state in ('waiting', 'running')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(sa.String(10))
    result: Mapped[dict[str, Any] | None] = mapped_column(OF_OWNER)
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    claimed_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class Upload(Base):
    """A file on its way in several requests. state: received (so far), checking, clean, refused (with its code)."""

    __tablename__ = "upload"
    __table_args__ = (sa.Index("upload_checking", "made_at", postgresql_where=sa.text("state = 'checking'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    purpose: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(TEXT_OF_OWNER)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(sa.String(10))
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    file_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    checks: Mapped[int] = mapped_column(server_default="0")
    """How often the scanner came to no verdict."""
    check_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class FileView(Base):
    """Somebody other than its owner opened a file: the owner may know who, and when first and last."""

    __tablename__ = "file_view"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    organisation_id: Mapped[UUID | None]
    first_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))


class Unwanted(Base):
    """Bytes whose row was deleted; they go as soon as no other row stands on them."""

    __tablename__ = "unwanted"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)


class LookUps(Base):
    """How often somebody unknown asked about certificates from one address since then; the address is a blind index."""

    __tablename__ = "look_ups"

    address: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    count: Mapped[int]


class Export(Base):
    """A large table on its way. state: gathering (sheets come in), waiting, writing, done."""

    __tablename__ = "export"
    __table_args__ = (sa.Index("export_by_content", "sha256"), sa.Index("export_of_account", "account_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(sa.String(200))
    labels: Mapped[list[str]] = mapped_column(SealedJson)
    state: Mapped[str] = mapped_column(sa.String(10))
    rows: Mapped[int]
    written: Mapped[int]
    goes_on: Mapped[str | None] = mapped_column(SealedJson)
    """Where whoever gathers takes the next sheet from, in their own words; null when all are in."""
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class ExportPart(Base):
    """The rows of one sheet, until the workbook is written."""

    __tablename__ = "export_part"

    export_id: Mapped[UUID] = mapped_column(sa.ForeignKey("export.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[list[list[str]]] = mapped_column(SealedJson)


class Programme(Base):
    """Our copy of a published version: what its files may be and how its forms look."""

    __tablename__ = "programme"

    programme: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    slots: Mapped[dict[str, Any]] = mapped_column(JSONB)
    forms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    retention: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """How long what its applications stand on is kept; null: for good."""


class Application(Base):
    """Our copy of an application: the newest content that we heard of, as a keyed hash of what forms print."""

    __tablename__ = "application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    print_hash: Mapped[str] = mapped_column(sa.String(200))


class Proof(Base):
    """A file that was put before an organisation, outside any application.

    unit_id: the organisation reads it as the department of that unit, else NOBODY; of_archive: in the place of that
    unit, while it examines nothing itself.
    """

    __tablename__ = "proof"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_archive: Mapped[bool]


class UnitStanding(Base):
    """Where a unit stands that moved, or examines by itself now; of all others what was told with a proof is so still.

    department_id: null: it has not moved. revision: of the move.
    """

    __tablename__ = "unit_standing"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    department_id: Mapped[UUID | None]
    revision: Mapped[int]
    examines: Mapped[bool]


class ApplicationFile(Base):
    """A file that a reported application stands on; filler_id may read it, whoever of the unit uploaded it."""

    __tablename__ = "application_file"
    __table_args__ = (sa.Index("application_file_by_application", "application_id"),)

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    filler_id: Mapped[UUID]


class Reader(Base):
    """An organisation that has, or had, the application in its queue."""

    __tablename__ = "reader"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_name: Mapped[str | None] = mapped_column(sa.String(200))


class Party(Base):
    """Whose a reported application is, how people call it, and whether it was approved.

    round: of its last report; recalled_round: that of the report that was last taken back, 0 for none.
    """

    __tablename__ = "party"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    filler_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(sa.String(100))
    approved: Mapped[bool] = mapped_column(server_default=sa.false())
    round: Mapped[int] = mapped_column(server_default="0")
    recalled_round: Mapped[int] = mapped_column(server_default="0")


class Seal(Base):
    """The electronic seal of a unit or an organisation: its image without background, as PNG in base64."""

    __tablename__ = "seal"

    holder_id: Mapped[UUID] = mapped_column(primary_key=True)
    image: Mapped[str] = mapped_column(SealedJson)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))


class Print(Base):
    """A form that was printed; the PDF lies in the storage under its hash."""

    __tablename__ = "print"
    __table_args__ = (
        sa.Index("print_of_application", "application_id", "id"),
        sa.Index("print_by_content", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(200))
    revision: Mapped[int]
    print_hash: Mapped[str] = mapped_column(sa.String(200))
    reference: Mapped[str] = mapped_column(sa.String(100))
    watermark: Mapped[bool]
    unit_id: Mapped[UUID]
    filler_id: Mapped[UUID]
    pages: Mapped[int]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    outdated: ClassVar[Mapped[bool]]
    """Asked when read, so that news in any order, and content that was changed back, need no care."""


Print.outdated = column_property(
    sa.exists()
    .where(Application.id == Print.application_id)
    .where(Application.revision > Print.revision, Application.print_hash != Print.print_hash)
    .correlate_except(Application)
)
