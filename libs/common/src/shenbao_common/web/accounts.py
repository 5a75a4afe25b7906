"""Which accounts changed and which sign-ins ended: kept by every service, so that an older token is refused at once.

One row per changed account. It is fed by the events of identity (units, offices, persons) and of units (sub-accounts);
the publisher of a change notes it in the same transaction instead. One row per sign-in that was ended, for as long as a
token of it could still be good.
"""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.identity import AccountChangedV1, SessionEndedV1
from shenbao_common.contracts.units import (
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
)
from shenbao_common.kernel import clock
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

ended_session = sa.Table(
    "ended_session",
    metadata,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

_REMEMBERED = timedelta(hours=1)
"""How long an end is remembered: longer than any access token is good for, and clocks are apart."""
_FORGOTTEN_AT_ONCE = 100

_OF_ACCOUNT = account_state.c.account_id == sa.bindparam("account_id")
_KNOWN = sa.select(
    sa.select(account_state.c.revision).where(_OF_ACCOUNT).scalar_subquery().label("revision"),
    sa.select(account_state.c.active).where(_OF_ACCOUNT).scalar_subquery().label("active"),
    sa.exists().where(ended_session.c.session_id == sa.bindparam("session_id")).label("session_ended"),
)


def note(session: Session, account_id: UUID, *, revision: int, active: bool | None) -> None:
    """Remembers a change; older news than what is known is left aside. active None: as it was."""
    new = insert(account_state).values(account_id=account_id, revision=revision, active=active is not False)
    changes = {"revision": new.excluded.revision} | ({} if active is None else {"active": new.excluded.active})
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id"], set_=changes, where=account_state.c.revision < new.excluded.revision
        )
    )


def note_ended(session: Session, session_id: UUID) -> None:
    """Remembers that a sign-in ended, and forgets a few of those whose tokens are over in any case."""
    now = clock.now()
    session.execute(insert(ended_session).values(session_id=session_id, ended_at=now).on_conflict_do_nothing())
    over = sa.select(ended_session.c.session_id).where(ended_session.c.ended_at < now - _REMEMBERED)
    taken = over.limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
    session.execute(sa.delete(ended_session).where(ended_session.c.session_id.in_(taken)))


def ensure_current(session: Session, actor: Actor) -> None:
    """Refuses a token that is older than the account's last change (`token_outdated`), of a disabled account, or of a
    sign-in that was ended (`session_over`).
    """
    known = session.connection().execute(_KNOWN, {"account_id": actor.account_id, "session_id": actor.session_id}).one()
    if known.active is False:
        raise Unauthenticated("account_disabled")
    if known.revision is not None and actor.revision < known.revision:
        raise Unauthenticated("token_outdated")
    if known.session_ended:
        raise Unauthenticated("session_over")


def follow(subscriptions: Subscriptions, *, own: str) -> None:
    """Subscribes the service `own` to every change of accounts that others publish."""
    if own != "identity":
        subscriptions.add(AccountChangedV1, on_account_changed)
        subscriptions.add(SessionEndedV1, on_session_ended)
    if own not in {"identity", "units"}:
        subscriptions.add(SubAccountCreatedV1, on_sub_account_state_changed)
        subscriptions.add(SubAccountStateChangedV1, on_sub_account_state_changed)
        subscriptions.add(SubAccountPermissionsChangedV1, on_permissions_changed)
        subscriptions.add(SubAccountDeletedV1, on_sub_account_deleted)


def on_account_changed(session: Session, event: AccountChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=event.state == "active")


def on_session_ended(session: Session, event: SessionEndedV1) -> None:
    note_ended(session, event.session_id)


def on_sub_account_state_changed(session: Session, event: SubAccountCreatedV1 | SubAccountStateChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=event.state == "enabled")


def on_permissions_changed(session: Session, event: SubAccountPermissionsChangedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=None)


def on_sub_account_deleted(session: Session, event: SubAccountDeletedV1) -> None:
    note(session, event.account_id, revision=event.revision, active=False)
