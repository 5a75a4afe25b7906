"""Which accounts changed: kept by every service, so that a token older than the change is refused at once.

One row per changed account. It is fed by the events of identity (units, offices, persons) and of units (sub-accounts);
the publisher of a change notes it in the same transaction instead.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import (
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
)
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Unauthenticated

metadata = sa.MetaData()

account_state = sa.Table(
    "account_state",
    metadata,
    sa.Column("account_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

_KNOWN = sa.select(account_state).where(account_state.c.account_id == sa.bindparam("account_id"))


def note(session: Session, account_id: UUID, *, revision: int, active: bool | None) -> None:
    """Remembers a change; older news than what is known is left aside. active None: as it was."""
    new = insert(account_state).values(account_id=account_id, revision=revision, active=active is not False)
    changes = {"revision": new.excluded.revision} | ({} if active is None else {"active": new.excluded.active})
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id"], set_=changes, where=account_state.c.revision < new.excluded.revision
        )
    )


def ensure_current(session: Session, actor: Actor) -> None:
    """Refuses a token that is older than the account's last change (`token_outdated`) or of a disabled account."""
    known = session.execute(_KNOWN, {"account_id": actor.account_id}).first()
    if known is None:
        return
    if not known.active:
        raise Unauthenticated("account_disabled")
    if actor.revision < known.revision:
        raise Unauthenticated("token_outdated")


def follow(subscriptions: Subscriptions, *, own: str) -> None:
    """Subscribes the service `own` to every change of accounts that others publish."""
    if own != "identity":
        subscriptions.add(AccountChangedV1, on_account_changed)
    if own not in {"identity", "units"}:
        subscriptions.add(SubAccountCreatedV1, on_sub_account_state_changed)
        subscriptions.add(SubAccountStateChangedV1, on_sub_account_state_changed)
        subscriptions.add(SubAccountPermissionsChangedV1, on_permissions_changed)
        subscriptions.add(SubAccountDeletedV1, on_sub_account_deleted)


def on_account_changed(session: Session, event: AccountChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=event.state == "active")


def on_sub_account_state_changed(session: Session, event: SubAccountCreatedV1 | SubAccountStateChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=event.state == "enabled")


def on_permissions_changed(session: Session, event: SubAccountPermissionsChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=None)


def on_sub_account_deleted(session: Session, event: SubAccountDeletedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=False)
