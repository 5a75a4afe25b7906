"""What review tells: where a case is and what was decided. Opinions stay in review's log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shenbao_common.contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class StepOpenedV1(Event):
    """A step waits for its decider; from now on that body may read the application."""

    type: ClassVar[str] = "review.step_opened.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    organisation_name: str


@dataclass(frozen=True, kw_only=True)
class StepPassedV1(Event):
    """T09: a step was passed. final: it was the last deciding step of the route."""

    type: ClassVar[str] = "review.step_passed.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    decided_at: datetime
    final: bool


@dataclass(frozen=True, kw_only=True)
class StepReturnedV1(Event):
    """T10: the case goes back for correction. items: what alone may be changed, empty for everything (B-02).

    An item is `<section>.<field>` or the key of a material, never what is filled in there.
    """

    type: ClassVar[str] = "review.step_returned.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    decided_at: datetime
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepFailedV1(Event):
    """T11: the case ends negatively."""

    type: ClassVar[str] = "review.step_failed.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class PublicityStartedV1(Event):
    """T19: everybody may read the case and object from starts_on to ends_on, both included.

    Its end is told as the step's: passed when the period is over, failed when an objection was upheld.
    """

    type: ClassVar[str] = "review.publicity_started.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    publicity_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class StepOverdueV1(Event):
    """The time limit of an open step passed; from now on its superior office (organisation_id) watches it."""

    type: ClassVar[str] = "review.step_overdue.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    step_key: str
    round: int
    organisation_id: UUID
    organisation_name: str


@dataclass(frozen=True, kw_only=True)
class CommitteeFormedV1(Event):
    """An office formed a committee, or changed it: told again with a higher revision.

    programmes, groups: what it evaluates, empty for everything. active: false when it evaluates no more.
    """

    type: ClassVar[str] = "review.committee_formed.v1"
    subject_field: ClassVar[str] = "committee_id"

    committee_id: UUID
    organisation_id: UUID
    name: str
    programmes: tuple[str, ...]
    groups: tuple[str, ...]
    active: bool
    revision: int


@dataclass(frozen=True, kw_only=True)
class ReconsiderationAskedV1(Event):
    """The applicant asked, once, for reconsideration of a rejection (B-10); the application keeps its status."""

    type: ClassVar[str] = "review.reconsideration_asked.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    reconsideration_id: UUID
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReconsiderationDecidedV1(Event):
    """What came of it. granted: what was asked is granted; else the rejection stands."""

    type: ClassVar[str] = "review.reconsideration_decided.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    reconsideration_id: UUID
    granted: bool
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class CertificateNumberedV1(Event):
    """After publicity an office (organisation_id) issued the document that gives this number; certificates bear it."""

    type: ClassVar[str] = "review.certificate_numbered.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    number: str
    document_number: str
    issuing_unit: str
    organisation_id: UUID
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class CertificateNumberRevokedV1(Event):
    """The number counts no more, and neither does a certificate that bears it. The reason stays with the office."""

    type: ClassVar[str] = "review.certificate_number_revoked.v1"
    subject_field: ClassVar[str] = "application_id"

    application_id: UUID
    number: str
    revoked_on: date
