"""What identity tells."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from shenbao_common.contracts.event import Event, OneOf


@dataclass(frozen=True, kw_only=True)
class AccountChangedV1(Event):
    """An account of a person, unit, office or administrator was made, changed, disabled or enabled.

    A token made from an older revision is refused from now on.
    """

    type: ClassVar[str] = "identity.account_changed.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    revision: int
    kind: Annotated[str, OneOf(("person", "unit", "sub_account", "office", "admin"))]
    state: Annotated[str, OneOf(("active", "disabled", "locked"))]
    unit_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SessionEndedV1(Event):
    """Somebody signed out, or was signed out: what tokens of this sign-in are still about is refused from now on.

    Other sign-ins of the same account go on.
    """

    type: ClassVar[str] = "identity.session_ended.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccountDeletedV1(Event):
    """A person's account is gone, by its holder or erased; what was only drafted goes with it."""

    type: ClassVar[str] = "identity.account_deleted.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID


@dataclass(frozen=True, kw_only=True)
class PersonErasedV1(Event):
    """A person's data are ended for good, reported or not: who keeps any empties it and destroys the person's key."""

    type: ClassVar[str] = "identity.person_erased.v1"
    subject_field: ClassVar[str] = "account_id"

    account_id: UUID
