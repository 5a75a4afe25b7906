"""What units tells: organisations, employers and their sub-accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from shenbao_common.contracts.event import Event, OneOf

Level = Annotated[str, OneOf(("province", "city_hr_bureau", "first_level_department", "department"))]
State = Annotated[str, OneOf(("enabled", "disabled"))]


@dataclass(frozen=True, kw_only=True)
class OrganisationCreatedV1(Event):
    """A node of the organisation tree was added."""

    type: ClassVar[str] = "units.organisation_created.v1"
    subject_field: ClassVar[str] = "organisation_id"

    organisation_id: UUID
    code: str
    name: str
    level: Level
    parent_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class OrganisationCancelledV1(Event):
    """A node of the organisation tree with nothing left in it was taken out; its code stays used."""

    type: ClassVar[str] = "units.organisation_cancelled.v1"
    subject_field: ClassVar[str] = "organisation_id"

    organisation_id: UUID


@dataclass(frozen=True, kw_only=True)
class UnitRegisteredV1(Event):
    """An employer is registered under a supervising department and usable at once.

    account_id: the unit's own account. uscc: "" when it registered by organisation code. self_declaring: a person
    registered it to declare in its name, since it has no title officer; it examines nothing.
    """

    type: ClassVar[str] = "units.unit_registered.v1"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    account_id: UUID
    org_code: str
    uscc: str
    department_id: UUID
    name: str
    verified: Annotated[str, OneOf(("registry", "scan"))]
    self_declaring: bool = False


@dataclass(frozen=True, kw_only=True)
class UnitRenamedV1(Event):
    """A unit bears another name."""

    type: ClassVar[str] = "units.unit_renamed.v1"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    name: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class SelfDeclaringEndedV1(Event):
    """A unit that a person had registered to declare in its name has a title officer and examines from now on."""

    type: ClassVar[str] = "units.self_declaring_ended.v1"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class SupervisingDepartmentChangedV1(Event):
    """A unit moved to another supervising department."""

    type: ClassVar[str] = "units.supervising_department_changed.v1"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    from_id: UUID
    to_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class SubAccountCreatedV1(Event):
    """A unit made a sub-account with ticked permissions."""

    type: ClassVar[str] = "units.sub_account_created.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID
    permissions: tuple[str, ...]
    state: State
    revision: int


@dataclass(frozen=True, kw_only=True)
class SubAccountStateChangedV1(Event):
    """A unit opened (enabled) or disabled a sub-account."""

    type: ClassVar[str] = "units.sub_account_state_changed.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID
    state: State
    revision: int


@dataclass(frozen=True, kw_only=True)
class SubAccountPermissionsChangedV1(Event):
    """The ticks of a sub-account were saved; the list is the whole."""

    type: ClassVar[str] = "units.sub_account_permissions_changed.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID
    permissions: tuple[str, ...]
    revision: int


@dataclass(frozen=True, kw_only=True)
class SubAccountDeletedV1(Event):
    """A sub-account without declaration records was removed."""

    type: ClassVar[str] = "units.sub_account_deleted.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class RegistrationSubmittedV1(Event):
    """A unit's registration waits for the manual review; its reserved account is held, and nobody signs in with it."""

    type: ClassVar[str] = "units.registration_submitted.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID


@dataclass(frozen=True, kw_only=True)
class RegistrationRejectedV1(Event):
    """A unit's registration was refused in the manual review; it may be handed in again."""

    type: ClassVar[str] = "units.registration_rejected.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfficerRequestedV1(Event):
    """Somebody with a reserved account asked to act for a unit; the reservation is held while that is decided."""

    type: ClassVar[str] = "units.officer_requested.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfficerAppointedV1(Event):
    """A reserved account acts for a unit from now on, with all that the unit's own account may do."""

    type: ClassVar[str] = "units.officer_appointed.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID
    unit_name: str


@dataclass(frozen=True, kw_only=True)
class OfficerDismissedV1(Event):
    """An account of a unit no longer acts for it: its sessions and tokens end."""

    type: ClassVar[str] = "units.officer_dismissed.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class StaffChangedV1(Event):
    """A unit linked a registered person as staff, disabled or enabled the link, or removed it."""

    type: ClassVar[str] = "units.staff_changed.v1"
    subject_field: ClassVar[str] = "link_id"

    link_id: UUID
    unit_id: UUID
    account_id: UUID
    state: Annotated[str, OneOf(("enabled", "disabled", "removed"))]
    revision: int


@dataclass(frozen=True, kw_only=True)
class AuthorizationChangedV1(Event):
    """Where a unit's authorization letter stands; until it is approved the unit does nothing else.

    account_id: the unit's account that the letter is about.
    """

    type: ClassVar[str] = "units.authorization_changed.v1"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    account_id: UUID
    state: Annotated[str, OneOf(("not_submitted", "submitted", "approved", "rejected"))]


@dataclass(frozen=True, kw_only=True)
class ProofShownV1(Event):
    """A file was put before an organisation as proof of what it is to decide; its offices may read it.

    Without a revision: each organisation that it is shown to is news of its own, and none makes another outdated.
    unit_id: whose supervising department the organisation is, where it decides as that; it reads while it is. Told
    again when the unit moves to another one.
    """

    type: ClassVar[str] = "units.proof_shown.v1"
    subject_field: ClassVar[str] = "document_id"

    document_id: UUID
    organisation_id: UUID
    unit_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class BindingActivatedV1(Event):
    """A unit took a person as its own; it replaces the unit that the person belonged to before."""

    type: ClassVar[str] = "units.binding_activated.v1"
    subject_field: ClassVar[str] = "binding_id"

    binding_id: UUID
    account_id: UUID
    unit_id: UUID
    activated_at: datetime
