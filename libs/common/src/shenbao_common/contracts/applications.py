"""What applications tells: programmes, projects and the status of every application.

Where a person declares without a unit, unit_id and department_id are the nil UUID; filler_id is the person's account.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from shenbao_common.contracts.event import Event, JsonDocument, OneOf

Tier = Annotated[str, OneOf(("primary", "intermediate", "senior"))]


@dataclass(frozen=True, kw_only=True)
class ProgrammePublishedV1(Event):
    """A version of a programme is published; it never changes. pack: the whole checked pack with its templates."""

    type: ClassVar[str] = "applications.programme_published.v1"
    subject_field: ClassVar[str] = "programme"

    programme: str
    version: int
    pack: JsonDocument


@dataclass(frozen=True, kw_only=True)
class ProjectPublishedV1(Event):
    """A body opened a project under a variant of a programme."""

    type: ClassVar[str] = "applications.project_published.v1"
    subject_field: ClassVar[str] = "project_id"

    project_id: UUID
    programme: str
    version: int
    variant: str
    tier: Tier
    publisher_id: UUID
    year: int


@dataclass(frozen=True, kw_only=True)
class ApplicationCreatedV1(Event):
    """T01: somebody began an application."""

    type: ClassVar[str] = "applications.created.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    programme: str
    unit_id: UUID
    filler_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApplicationSavedV1(Event):
    """T02 to T06, T15: content was saved. print_hash: keyed hash of what official forms print.

    document_ids: every file that it stands on now; None: said by a version that did not know to say it.
    """

    type: ClassVar[str] = "applications.saved.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    revision: int
    print_hash: str
    document_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ApplicationDeletedV1(Event):
    """T07: an application that was never reported is gone."""

    type: ClassVar[str] = "applications.deleted.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    unit_id: UUID
    filler_id: UUID


@dataclass(frozen=True, kw_only=True)
class _Reported(Event):
    """revision grows with every save and report; round counts the reports, from 1.

    document_ids: the files the application stands on. group: which committee or group is to evaluate it, where the
    programme asks. skips: keys of steps that do not concern this applicant, as the programme's conditions say.
    """

    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    revision: int
    round: int
    reference: str
    programme: str
    version: int
    project_id: UUID
    variant: str
    tier: Tier
    unit_id: UUID
    department_id: UUID
    filler_id: UUID
    submitted_at: datetime
    operator_id: UUID
    document_ids: tuple[str, ...]
    print_hash: str
    group: str = ""
    skips: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmittedV1(_Reported):
    """T08: an application was reported and is frozen."""

    type: ClassVar[str] = "applications.submitted.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationResubmittedV1(_Reported):
    """T16: a returned application was reported again; the fields are those of `submitted`."""

    type: ClassVar[str] = "applications.resubmitted.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationApprovedV1(Event):
    """T20, T21: the final decision is positive.

    certificate_id, valid_until: of the recognition that it keeps valid, and until when that is now; null for any other.
    """

    type: ClassVar[str] = "applications.approved.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    unit_id: UUID
    revision: int
    certificate_id: UUID | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawnV1(Event):
    """T12: the applicant took it back before it was accepted."""

    type: ClassVar[str] = "applications.withdrawn.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    unit_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class ApplicationSupersededV1(Event):
    """T18: the applicant declares anew under another condition; the earlier case stays readable and ends here."""

    type: ClassVar[str] = "applications.superseded.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    successor_id: UUID
    unit_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class ApplicationRecalledV1(Event):
    """T24: the unit changed its supervising department; the application is back at the unit, to be reported."""

    type: ClassVar[str] = "applications.recalled_by_department_change.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    unit_id: UUID
    from_id: UUID
    to_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class ArchiveProofShownV1(Event):
    """A person handed a record of the performance archive in; whoever verifies it may read the file that proves it.

    department_id: the department in whose hands it is where the unit examines nothing (个人以单位名义注册); it reads
    while that is so. Told again when the unit moves to another one.
    """

    type: ClassVar[str] = "applications.archive_proof_shown.v1"
    subject_field: ClassVar[str] = "document_id"

    document_id: UUID
    unit_id: UUID
    department_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class FilesUsedV1(Event):
    """What is no application stands on these files now: a publication, or a record of a performance archive.

    Told with every change of it, revision growing; document_ids is empty once it is deleted.
    """

    type: ClassVar[str] = "applications.files_used.v1"
    subject_field: ClassVar[str] = "used_by"

    used_by: UUID
    kind: Annotated[str, OneOf(("publication", "archive_record"))]
    revision: int
    document_ids: tuple[str, ...]
