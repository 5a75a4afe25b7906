"""What documents tells: certificates, by number; whom they name stays in documents. And that an export is written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shenbao_common.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class CertificateIssuedV1(Event):
    """A certificate was issued for an approved application. valid_until: its last day, or null when it never ends."""

    type: ClassVar[str] = "documents.certificate_issued.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    certificate_id: UUID
    number: str
    organisation_id: UUID
    issued_on: date
    valid_until: date | None


@dataclass(frozen=True, kw_only=True)
class CertificateExtendedV1(Event):
    """A certificate is valid for longer; the number stays."""

    type: ClassVar[str] = "documents.certificate_extended.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    certificate_id: UUID
    number: str
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class CertificateRevokedV1(Event):
    """A certificate was revoked and is never valid again."""

    type: ClassVar[str] = "documents.certificate_revoked.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    certificate_id: UUID
    number: str
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class CertificateReplacedV1(Event):
    """A certificate was replaced by another, which `certificate_issued` told; it is never valid again."""

    type: ClassVar[str] = "documents.certificate_replaced.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    certificate_id: UUID
    number: str
    ended_on: date
    replaced_by_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExportWrittenV1(Event):
    """A large table was written, and whoever asked for it may fetch it. kept_until: it is deleted then."""

    type: ClassVar[str] = "documents.export_written.v1"
    subject_field: ClassVar[str] = "export_id"

    export_id: UUID
    account_id: UUID
    rows: int
    written_at: datetime
    kept_until: datetime


@dataclass(frozen=True, kw_only=True)
class FormsPrintedV1(Event):
    """Many forms were printed at once, and whoever asked for them may fetch them. kept_until: they are deleted then."""

    type: ClassVar[str] = "documents.forms_printed.v1"
    subject_field: ClassVar[str] = "print_job_id"

    print_job_id: UUID
    account_id: UUID
    forms: int
    printed_at: datetime
    kept_until: datetime
