"""Delegation: what an officer lets a sub-account do, until when (B-18)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import ensure
from shenbao_units.actions import history, sub_accounts
from shenbao_units.actions.history import Act
from shenbao_units.domain import sub_account
from shenbao_units.domain.sub_account import State
from shenbao_units.models import SubAccount

_AT_ONCE = 100


def delegate(
    session: Session,
    row: SubAccount,
    *,
    permissions: Sequence[str],
    valid_until: date | None,
    actor_id: UUID,
    now: datetime,
) -> SubAccount:
    """Sets scope and last day; None lets it last until it is taken back."""
    ensure(sub_account.objections_to_end(valid_until, office_day(now)))
    row.valid_until = valid_until
    sub_accounts.revise(session, row, display_name=None, permissions=permissions)
    until = valid_until.isoformat() if valid_until else None
    history.note(
        session,
        row.unit_id,
        Act.DELEGATED,
        actor_id=actor_id,
        now=now,
        username=row.username,
        permissions=row.permissions,
        valid_until=until,
    )
    session.flush()
    return row


def end_due(session: Session, *, now: datetime) -> int:
    """Disables whose last day is over, some at a time; answers how many. Their tokens and sessions end with it."""
    query = (
        sa.select(SubAccount)
        .where(SubAccount.valid_until < office_day(now), SubAccount.state == State.ENABLED.value)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(query).all()
    for row in rows:
        sub_accounts.set_state(session, row, State.DISABLED, today=office_day(now))
        history.note(
            session,
            row.unit_id,
            Act.DELEGATION_ENDED,
            actor_id=row.account_id,
            now=now,
            username=row.username,
        )
    return len(rows)
