"""Actors of every kind for tests."""

from uuid import UUID

from shenbao_common.kernel.actor import (
    ADMIN_PERMISSIONS,
    OFFICE_PERMISSIONS,
    SUB_ACCOUNT_PERMISSIONS,
    UNIT_PERMISSIONS,
    Actor,
    Kind,
)
from shenbao_common.kernel.ids import uuid7


def unit_actor(unit_id: UUID | None = None, *, account_id: UUID | None = None) -> Actor:
    return Actor(
        account_id=account_id or uuid7(),
        kind=Kind.UNIT,
        unit_id=unit_id or uuid7(),
        permissions=frozenset(UNIT_PERMISSIONS),
    )


def sub_account_actor(unit_id: UUID, *permissions: str, account_id: UUID | None = None) -> Actor:
    """With all ticks unless some are named."""
    ticks = frozenset(permissions or SUB_ACCOUNT_PERMISSIONS)
    return Actor(account_id=account_id or uuid7(), kind=Kind.SUB_ACCOUNT, unit_id=unit_id, permissions=ticks)


def office_actor(organisation_id: UUID | None = None, *permissions: str) -> Actor:
    """With all ticks unless some are named."""
    ticks = frozenset(permissions or OFFICE_PERMISSIONS)
    return Actor(account_id=uuid7(), kind=Kind.OFFICE, organisation_id=organisation_id or uuid7(), permissions=ticks)


def admin_actor() -> Actor:
    return Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset(ADMIN_PERMISSIONS))


def person_actor() -> Actor:
    return Actor(account_id=uuid7(), kind=Kind.PERSON)


def service_actor() -> Actor:
    return Actor(account_id=uuid7(), kind=Kind.SERVICE, permissions=frozenset({"events.read"}))


def every_role() -> dict[str, Actor]:
    """One of each kind with everything that may be ticked for it."""
    unit = unit_actor()
    some = (person_actor(), unit, sub_account_actor(unit.unit_id or uuid7()), office_actor(), admin_actor())
    return {actor.kind.value: actor for actor in (*some, registrant_actor(), service_actor())}


def registrant_actor(account_id: UUID | None = None) -> Actor:
    return Actor(account_id=account_id or uuid7(), kind=Kind.REGISTRANT)
