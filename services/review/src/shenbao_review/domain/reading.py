"""Who may read a case (C3: unit, own, queue, audit). For anybody else it does not exist."""

from collections.abc import Collection
from uuid import UUID

from shenbao_common.kernel.actor import Actor, Kind


def may_read(actor: Actor, *, unit_id: UUID, filler_id: UUID, bodies: Collection[UUID]) -> bool:
    """bodies: the organisations that have, or had, a step of the case open."""
    if actor.kind == Kind.ADMIN:
        return True
    if actor.kind == Kind.OFFICE:
        return actor.organisation_id in bodies
    if actor.kind == Kind.PERSON:
        return actor.account_id == filler_id
    if actor.kind == Kind.SUB_ACCOUNT:
        return (actor.unit_id, actor.account_id) == (unit_id, filler_id)
    return actor.kind == Kind.UNIT and actor.unit_id == unit_id
