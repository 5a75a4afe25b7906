"""Who acts: read from the token, handed to actions and rules."""

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from shenbao_common.kernel.errors import NotAllowed

NOBODY = UUID(int=0)
"""Stands where a unit or its department would, when a person declares for themselves (RFC 9562, the nil UUID)."""


class Kind(StrEnum):
    """Kinds of account (C3 of the requirements; `registrant` holds a ticket while a unit registers)."""

    PERSON = "person"
    UNIT = "unit"
    SUB_ACCOUNT = "sub_account"
    OFFICE = "office"
    ADMIN = "admin"
    REGISTRANT = "registrant"
    SERVICE = "service"


SUB_ACCOUNT_PERMISSIONS = (
    "application.fill",
    "application.report",
    "application.print",
    "application.export",
    "profile.change",
    "password.change",
)
"""Operation permissions (操作权限) in order of display; the manual advises to tick the last two (S4g-26)."""

UNIT_PERMISSIONS = (*SUB_ACCOUNT_PERMISSIONS, "unit.manage", "sub_account.manage")
PERSON_PERMISSIONS = ("application.fill", "application.report", "application.print")
"""A person's own matters need no tick (C3)."""

OFFICE_PERMISSIONS = (
    "review.decide",
    "review.return",
    "review.assign",
    "project.publish",
    "organisation.manage",
    "application.export",
    "staff.manage",
    "password.change",
)
ADMIN_PERMISSIONS = (
    "programme.publish",
    "organisation.manage",
    "account.manage",
    "subscription.manage",
    "events.operate",
    "audit.read",
    "password.change",
)


LEAST_ASSURANCE = 2
"""Of a sign-in that says no more than that a password was right."""

_ACR = re.compile(r"urn:shenbao:loa:([2-5])")


def assurance_of(acr: str) -> int:
    """How sure a sign-in was of the person (identity's domain/assurance.py); other words count as the least."""
    found = _ACR.fullmatch(acr)
    return int(found.group(1)) if found else LEAST_ASSURANCE


def account_of_client(client_id: str) -> UUID:
    """The account that stands in the tokens of a system that acts for itself (client credentials)."""
    return uuid5(NAMESPACE_URL, f"urn:shenbao:client:{client_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One signed-in account with what it may do; `revision` is that of its account when the token was made.

    session_id: the sign-in that the token came of; None for a system that acts for itself. assurance: its level.
    """

    account_id: UUID
    kind: Kind
    revision: int = 0
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    session_id: UUID | None = None
    assurance: int = LEAST_ASSURANCE

    def may(self, permission: str) -> bool:
        return permission in self.permissions or (self.kind is Kind.PERSON and permission in PERSON_PERMISSIONS)

    def require(self, permission: str) -> None:
        """Refuses an actor without the ticked permission."""
        if not self.may(permission):
            raise NotAllowed("permission_missing", permission=permission)
