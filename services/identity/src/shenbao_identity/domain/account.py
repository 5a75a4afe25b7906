"""What an account is."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from shenbao_common.kernel.actor import (
    ADMIN_PERMISSIONS,
    OFFICE_PERMISSIONS,
    SUB_ACCOUNT_PERMISSIONS,
    UNIT_PERMISSIONS,
    Actor,
    Kind,
)
from shenbao_common.kernel.clock import office_day


class State(StrEnum):
    """reserved: the name is taken, but what it was taken for (a registered unit, a sub-account) has not come yet."""

    RESERVED = "reserved"
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class PasswordState(StrEnum):
    """initial: given by somebody else, opens the change form once; used: it has done so."""

    NONE = "none"
    OWN = "own"
    INITIAL = "initial"
    USED = "used"


PERMISSIONS = {
    Kind.UNIT: UNIT_PERMISSIONS,
    Kind.SUB_ACCOUNT: SUB_ACCOUNT_PERMISSIONS,
    Kind.OFFICE: OFFICE_PERMISSIONS,
    Kind.ADMIN: ADMIN_PERMISSIONS,
}
"""What may be ticked for each kind of account, in order of display."""

DUTIES = {
    "system": frozenset({"programme.publish", "organisation.manage", "subscription.manage", "events.operate"}),
    "security": frozenset({"account.manage"}),
    "audit": frozenset({"audit.read"}),
}
"""What the three administrators (三员) do, of whom nobody does the work of another (GB/T 22239-2019, 8.1.5)."""


def mixes_duties(permissions: Iterable[str]) -> bool:
    """Whether these ticks would make one person two of the three."""
    ticked = set(permissions)
    return sum(bool(ticked & duty) for duty in DUTIES.values()) > 1


_RULING = frozenset({"organisation.manage", "staff.manage"})
"""Ticks of offices that give power over accounts; every other is the organisation's daily work."""


def grantable(actor: Actor, kind: str, *, administers: bool) -> frozenset[str]:
    """What the actor may tick for somebody else's account of this kind: what he holds himself.

    Administrators do not do the work of offices, they share it out: a central one every tick of an office, that of an
    organisation the work, but no power that he has not himself.
    """
    held = actor.permissions
    if kind == Kind.OFFICE and actor.kind is Kind.ADMIN:
        return held | frozenset(OFFICE_PERMISSIONS)
    if kind == Kind.OFFICE and administers:
        return held | (frozenset(OFFICE_PERMISSIONS) - _RULING)
    return held


PASSWORD_ASSURANCE = "urn:shenbao:loa:2"  # noqa: S105  (a level's name)
"""Level of assurance (acr) of a sign-in by user name and password."""


def is_retired(kind: str, created_at: datetime, *, retired_before: date | None, now: datetime) -> bool:
    """Whether a local account of a unit or person is of before the cut-over to the provincial accounts (S0-01)."""
    if retired_before is None or office_day(now) < retired_before:
        return False
    return kind in {Kind.UNIT, Kind.SUB_ACCOUNT, Kind.PERSON} and office_day(created_at) < retired_before


TWO_FACTORS = "urn:shenbao:loa:3"
"""Of one with a second factor on top."""
