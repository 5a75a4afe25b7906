"""Who acts for an organisation: its administrator, named by its code, and the staff that the administrator adds."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound
from shenbao_identity import queries
from shenbao_identity.actions import accounts, credentials, news, sessions
from shenbao_identity.domain import usernames
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models import Account, Organisation
from shenbao_identity.settings import Policy

ADMINISTRATORS = ["organisation.manage", "staff.manage", "password.change"]
"""What an organisation's administrator may do; the organisation's work is the staff's."""

_log = structlog.get_logger()


def appoint(session: Session, organisation: Organisation, *, now: datetime) -> Account | None:
    """The administrator's account of an organisation, without a password yet (S4i-01).

    None where it has one, or where its code cannot be a user name or is somebody's.
    """
    code = organisation.code or ""
    if administrator_of(session, organisation.id) is not None:
        return None
    if usernames.objections(code) or queries.account_named(session, code):
        _log.warning("administrator_not_appointed", organisation=str(organisation.id))
        return None
    account = Account(
        kind=Kind.OFFICE,
        state=State.ACTIVE,
        username=code,
        username_key=usernames.key(code),
        password_state=PasswordState.NONE,
        organisation_id=organisation.id,
        administers=True,
        permissions=list(ADMINISTRATORS),
        personal={"display_name": organisation.name},
        created_at=now,
        revision=0,
    )
    session.add(account)
    session.flush()
    news.tell(session, account)
    return account


def administrator_of(session: Session, organisation_id: UUID) -> Account | None:
    wanted = select(Account).where(
        Account.organisation_id == organisation_id, Account.administers, Account.state != State.DELETED
    )
    return session.scalar(wanted)


def child(session: Session, organisation_id: UUID, *, actor: Actor) -> Organisation:
    """An organisation directly below the actor's own; a central administrator's are all.

    Refuses the own and higher ones (S4i-04); those beside and further down do not exist for the actor.
    """
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    if actor.kind == Kind.ADMIN:
        actor.require("account.manage")
        return found
    actor.require("staff.manage")
    if found.id in queries.with_higher(session, actor.organisation_id):
        raise NotAllowed("own_or_higher_organisation")
    if found.parent_id is None or found.parent_id != actor.organisation_id:
        raise NotFound
    return found


def cancel(session: Session, organisation: Organisation) -> None:
    """The administrator's account ends, with its sessions; its name is free for the next one (S4i-04)."""
    account = administrator_of(session, organisation.id)
    if account is None:
        raise Conflict("no_administrator")
    account.state, account.username_key = State.DELETED, None
    account.password_hash, account.password_state = None, PasswordState.NONE
    sessions.end_all(session, account.id)
    news.tell(session, account)


def renew(session: Session, organisation: Organisation, *, policy: Policy, now: datetime) -> tuple[Account, str]:
    """A new administrator after the last one was cancelled, with an initial password that is told once."""
    if administrator_of(session, organisation.id) is not None:
        raise Conflict("has_administrator")
    account = appoint(session, organisation, now=now)
    if account is None:
        raise Conflict("username_taken")
    return account, credentials.give_initial(account, policy)


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """One more who works at the actor's organisation (本级人员); without ticks nobody signs in (S4i-06)."""

    real_name: str
    permissions: list[str]


def proposed_name(session: Session, organisation_id: UUID) -> str:
    """The organisation's code and the next serial: 1, 2, 3 …"""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not organisation.code:
        raise Conflict("unknown_organisation")
    there = session.scalar(select(func.count()).select_from(staff_of(organisation_id).subquery())) or 0
    names = (f"{organisation.code}{serial}" for serial in count(there + 1))
    return next(name for name in names if queries.account_named(session, name) is None)


def add_staff(session: Session, new: NewStaff, *, actor: Actor, policy: Policy, now: datetime) -> tuple[Account, str]:
    organisation_id = own_organisation(actor)
    # Two who are added at the same moment get two serials.
    session.get(Organisation, organisation_id, with_for_update=True)
    wanted = accounts.Wanted(
        username=proposed_name(session, organisation_id),
        kind=Kind.OFFICE,
        display_name=new.real_name,
        organisation_id=organisation_id,
        permissions=new.permissions,
    )
    return accounts.create(session, wanted, actor=actor, policy=policy, now=now)


def staff_of(organisation_id: UUID) -> Select[Account]:
    return select(Account).where(
        Account.organisation_id == organisation_id, ~Account.administers, Account.state != State.DELETED
    )


def own_staff(session: Session, account_id: UUID, *, actor: Actor, held: bool = True) -> Account:
    """One of the actor's own staff; everybody else does not exist."""
    account = queries.account_of(session, account_id, held=held)
    if account.organisation_id != own_organisation(actor) or account.administers:
        raise NotFound
    return account


def colleague(session: Session, account_id: UUID, *, actor: Actor) -> Account:
    """One of the actor's own organisation; everybody else does not exist."""
    found = session.get(Account, account_id)
    if found is None or actor.organisation_id is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    return found


def own_organisation(actor: Actor) -> UUID:
    actor.require("staff.manage")
    if actor.organisation_id is None:
        raise NotFound
    return actor.organisation_id
