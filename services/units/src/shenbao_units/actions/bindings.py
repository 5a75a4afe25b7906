"""Binding a person to a unit, and changing it: the old one stays until the new unit has said yes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.data import of_person
from shenbao_common.kernel.errors import ensure
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import bindings
from shenbao_units.domain.bindings import State
from shenbao_units.domain.letters import ADMITTED
from shenbao_units.models import BINDING_PENDING_ONCE, Binding, Unit
from shenbao_units.queries import bindings as binding_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, as identity says; id_number: masked."""

    account_id: UUID
    name: str
    id_number: str


def ask(session: Session, person: Person, *, unit_id: UUID, note: str, now: datetime) -> Binding:
    """A request that waits for the unit (S3-05, S3-09); refuses `binding_pending` while another one waits."""
    unit = session.get(Unit, unit_id)
    active = binding_queries.active(session, person.account_id)
    ensure(
        bindings.objections(
            unit_id, active.unit_id if active else None, known=unit is not None and unit.letter_state in ADMITTED
        )
    )
    row = Binding(
        account_id=person.account_id,
        unit=unit,
        personal={"name": person.name, "id_number": person.id_number, "note": note},
        state=State.PENDING.value,
        requested_at=now,
    )
    session.add(row)
    flush_or_conflict(session, {BINDING_PENDING_ONCE: "binding_pending"})
    return row


def withdraw(session: Session, row: Binding, *, now: datetime) -> Binding:
    """The person no longer asks."""
    bindings.ensure_pending(row.state)
    row.state, row.decided_at = State.WITHDRAWN.value, now
    session.flush()
    return row


def decide(session: Session, row: Binding, *, approve: bool, reason: str, now: datetime) -> Binding:
    """The unit says yes, which ends an earlier binding, or no with a reason (S3-08, S3-09)."""
    bindings.ensure_pending(row.state)
    ensure(bindings.objections_to_decision(approve=approve, reason=reason))
    row.decided_at = now
    if not approve:
        row.state, row.personal = State.REJECTED.value, row.personal | {"reason": reason}
    else:
        before = binding_queries.active(session, row.account_id, lock=True)
        if before:
            before.state, before.ended_at = State.ENDED.value, now
            session.flush()
        row.state = State.ACTIVE.value
        told = BindingActivatedV1(binding_id=row.id, account_id=row.account_id, unit_id=row.unit_id, activated_at=now)
        outbox.record(session, told, revision=1)  # A binding is activated once.
    session.flush()
    return row


def erase(session: Session, account_id: UUID) -> None:
    """The person's data are ended for good (B-26): what was told with a request is emptied, and the key destroyed."""
    session.execute(update(Binding).where(Binding.account_id == account_id).values(personal={}))
    of_person.destroy_key(session, account_id)
