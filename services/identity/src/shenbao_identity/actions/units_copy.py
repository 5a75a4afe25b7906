"""What units says of accounts: whose registration came through, and every sub-account's ticks and state."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import UNIT_PERMISSIONS, Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_identity.actions import authorization_letters, news, reservations, sessions
from shenbao_identity.domain import lifetimes
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models import Account, Organisation, Unit


def activate_unit(session: Session, account_id: UUID, *, unit_id: UUID, name: str, credit_code: str) -> None:
    """The unit is registered: its account may sign in at once (S4g-05).

    The account was reserved for it, or is that of a legal person who came by provincial sign-in.
    """
    account = _account(session, account_id, Kind.UNIT)
    if account.unit_id is not None:
        return
    if account.state == State.RESERVED:
        reservations.confirm(session, account)
        account.state = State.ACTIVE
    account.due = authorization_letters.inherited(session, unit_id)
    account.unit_id = unit_id
    account.credit_code = account.credit_code or credit_code or None
    account.permissions = list(UNIT_PERMISSIONS)
    account.personal = account.personal | {"display_name": name}
    news.tell(session, account)


def keep_unit(session: Session, unit_id: UUID, department_id: UUID) -> None:
    """It stands there; a move that was heard before says better."""
    session.execute(insert(Unit).values(id=unit_id, department_id=department_id, revision=0).on_conflict_do_nothing())


def move_unit(session: Session, unit_id: UUID, department_id: UUID, *, revision: int) -> None:
    new = insert(Unit).values(id=unit_id, department_id=department_id, revision=revision)
    moved = {"department_id": department_id, "revision": revision}
    session.execute(
        new.on_conflict_do_update(index_elements=["id"], set_=moved, where=Unit.revision < new.excluded.revision)
    )


def rename_unit(session: Session, unit_id: UUID, *, name: str) -> None:
    """The unit's own accounts are called as it is; by this name its password is recovered."""
    own = select(Account).where(Account.unit_id == unit_id, Account.kind == Kind.UNIT).order_by(Account.id)
    for account in session.scalars(own.with_for_update()):
        account.personal = account.personal | {"display_name": name}


def hold(session: Session, account_id: UUID, *, now: datetime) -> None:
    """Somebody asked with it to act for a unit: name and password wait for the decision (B-18)."""
    account = _account(session, account_id, Kind.UNIT)
    if account.state == State.RESERVED:
        reservations.confirm(session, account)
        account.reserved_until = now + lifetimes.HELD_RESERVATION


def review(session: Session, account_id: UUID, *, due: str, now: datetime) -> None:
    """The unit's registration is looked at, or was refused: who signs in is told so (S1-08)."""
    hold(session, account_id, now=now)
    account = _account(session, account_id, Kind.UNIT)
    if account.state == State.RESERVED:
        account.due = due


def dismiss_officer(session: Session, account_id: UUID) -> None:
    """It no longer acts for its unit: sessions and tokens end (B-18)."""
    account = _account(session, account_id, Kind.UNIT)
    account.state = State.DISABLED
    sessions.end_all(session, account.id)
    news.tell(session, account)


def sub_account_created(
    session: Session, account_id: UUID, *, unit_id: UUID, permissions: tuple[str, ...], state: str, revision: int
) -> None:
    """Refuses an account that another unit reserved."""
    account = _account(session, account_id, Kind.SUB_ACCOUNT)
    if account.unit_id != unit_id:
        raise NotFound
    if account.state == State.RESERVED:
        reservations.confirm(session, account)
        account.revision = revision - 1
        account.due = authorization_letters.inherited(session, unit_id)
    take_over(session, account_id, permissions=permissions, state=state, revision=revision)


def take_over(
    session: Session,
    account_id: UUID,
    *,
    revision: int,
    permissions: tuple[str, ...] | None = None,
    state: str | None = None,
) -> None:
    """Ticks and state as units has them; older news than what is known is left aside."""
    account = _account(session, account_id, Kind.SUB_ACCOUNT)
    if revision <= account.revision:
        return
    account.revision = revision
    if permissions is not None:
        account.permissions = list(permissions)
    if state is not None:
        account.state = State.ACTIVE if state == "enabled" else State.DISABLED
        if account.state == State.DISABLED:
            sessions.end_all(session, account.id)


def sub_account_deleted(session: Session, account_id: UUID, *, revision: int) -> None:
    """It is gone: its name is free again and nothing can be done with its password (S4g-28)."""
    account = _account(session, account_id, Kind.SUB_ACCOUNT)
    account.revision = max(revision, account.revision)
    account.state = State.DELETED
    account.username_key = account.password_hash = None
    account.password_state = PasswordState.NONE
    sessions.end_all(session, account.id)


def keep_organisation(
    session: Session, organisation_id: UUID, *, code: str, name: str, level: str, parent_id: UUID | None
) -> None:
    new = insert(Organisation).values(id=organisation_id, code=code, name=name, level=level, parent_id=parent_id)
    changes = {column: new.excluded[column] for column in ("code", "name", "level", "parent_id")}
    session.execute(new.on_conflict_do_update(index_elements=["id"], set_=changes))


def forget_organisation(session: Session, organisation_id: UUID) -> None:
    """It is cancelled: nobody is given an account there any more."""
    session.execute(delete(Organisation).where(Organisation.id == organisation_id))


def _account(session: Session, account_id: UUID, kind: Kind) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.kind != kind:
        raise NotFound("unknown_account")
    return account
