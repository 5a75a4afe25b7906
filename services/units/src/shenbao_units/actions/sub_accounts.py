"""The personal declaration accounts of a unit: who there is, what is ticked, who may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.units import (
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
)
from shenbao_common.data import audit
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web import accounts
from shenbao_units import queries
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import sub_account
from shenbao_units.domain.sub_account import State, in_order
from shenbao_units.models import SUB_ACCOUNT_USED_ONCE, SubAccount

_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account that identity reserved, with the name it is shown by."""

    account_id: UUID
    username: str
    display_name: str


def create(
    session: Session, unit_id: UUID, new: Sequence[NewAccount], *, permissions: Sequence[str], now: datetime
) -> list[SubAccount]:
    """Adds accounts with equal ticks, all or none; they can sign in at once (S4g-24, S4g-25)."""
    rows = [
        SubAccount(
            account_id=account.account_id,
            unit_id=unit_id,
            username=account.username,
            display_name=account.display_name,
            permissions=in_order(permissions),
            state=State.ENABLED.value,
            revision=1,
            created_at=now,
        )
        for account in new
    ]
    session.add_all(rows)
    flush_or_conflict(session, {SUB_ACCOUNT_USED_ONCE: "ticket_used"})
    for row in rows:
        _tell(session, row, _created(row), active=True)
    return rows


def revise(
    session: Session, row: SubAccount, *, display_name: str | None, permissions: Sequence[str] | None
) -> SubAccount:
    """Saves name and ticks, as far as given; changed ticks make older tokens void (S4g-27)."""
    if display_name is not None:
        row.display_name = display_name
    ticked = row.permissions if permissions is None else in_order(permissions)
    if ticked != row.permissions:
        given, taken = sorted({*ticked} - {*row.permissions}), sorted({*row.permissions} - {*ticked})
        who = row.account_id
        audit.record(session, "ticks_changed", person_id=who, subject=who, given=given, taken=taken)
        row.permissions = ticked
        row.revision += 1
        event = SubAccountPermissionsChangedV1(
            account_id=row.account_id, unit_id=row.unit_id, permissions=tuple(ticked), revision=row.revision
        )
        _tell(session, row, event, active=None)
    session.flush()
    return row


def set_state(session: Session, row: SubAccount, state: State, *, today: date) -> SubAccount:
    """Opens (enabled) or disables; a disabled one's running sessions end (S4g-29)."""
    if row.state == state:
        return row
    if state is State.ENABLED:
        sub_account.ensure_running(row.valid_until, today)
    row.state = state.value
    row.revision += 1
    event = SubAccountStateChangedV1(
        account_id=row.account_id, unit_id=row.unit_id, state=state.value, revision=row.revision
    )
    _tell(session, row, event, active=state is State.ENABLED)
    session.flush()
    return row


def delete(session: Session, row: SubAccount) -> None:
    """Removes an account; refuses `sub_account_has_records` when it has filled an application (S4g-28)."""
    if queries.has_records(session, row.account_id):
        raise Conflict("sub_account_has_records")
    row.state = State.DELETED.value
    row.display_name = ""
    row.permissions = []
    row.revision += 1
    event = SubAccountDeletedV1(account_id=row.account_id, unit_id=row.unit_id, revision=row.revision)
    _tell(session, row, event, active=False)
    session.flush()


def seal_names(session: Session) -> int:
    """Seals names that the version before this one left open, some at a time; answers how many."""
    query = sa.select(SubAccount).where(SubAccount.unsealed_name != "").limit(_AT_ONCE)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.display_name = row.unsealed_name
    return len(rows)


def _created(row: SubAccount) -> SubAccountCreatedV1:
    return SubAccountCreatedV1(
        account_id=row.account_id,
        unit_id=row.unit_id,
        permissions=tuple(row.permissions),
        state=row.state,
        revision=row.revision,
    )


def _tell(session: Session, row: SubAccount, event: Event, *, active: bool | None) -> None:
    # This service tells of the change, so it does not hear of it; it notes it for its own door.
    outbox.record(session, event, revision=row.revision)
    accounts.note(session, row.account_id, revision=row.revision, active=active)
