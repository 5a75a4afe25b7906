"""Accounts of offices and administrators, and what an administrator does to any account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken, ensure
from shenbao_identity import queries
from shenbao_identity.actions import credentials, news, powers, sessions, ticks
from shenbao_identity.domain import passwords, usernames
from shenbao_identity.domain.account import DUTIES, PERMISSIONS, PasswordState, State, mixes_duties
from shenbao_identity.models import Account, Organisation, Unit
from shenbao_identity.settings import Policy

TITLE_OFFICE = "city_hr_bureau"
"""Level of the organisation that manages titles (职改办)."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An account to be made; kind office or admin."""

    username: str
    kind: str
    display_name: str
    organisation_id: UUID | None
    permissions: list[str]


def create(session: Session, wanted: Wanted, *, actor: Actor, policy: Policy, now: datetime) -> tuple[Account, str]:
    """An office or administrator with a random initial password, which is told once; its ticks may wait for a second.

    Refuses ticks that the actor may not give (`beyond_own_permissions`).
    """
    problems = usernames.objections(wanted.username) + _permission_problems(wanted.kind, wanted.permissions, policy)
    if queries.account_named(session, wanted.username):
        problems.append(Problem("username_taken", "username"))
    ensure(problems + _organisation_problems(session, wanted))
    powers.ensure_may_give(session, wanted.permissions, kind=wanted.kind, actor=actor)
    account = Account(
        kind=wanted.kind,
        state=State.ACTIVE,
        username=wanted.username,
        username_key=usernames.key(wanted.username),
        organisation_id=wanted.organisation_id,
        permissions=[] if policy.two_persons else ticks.ordered(wanted.kind, wanted.permissions),
        personal={"display_name": wanted.display_name},
        created_at=now,
        revision=0,
    )
    initial = credentials.give_initial(account, policy)
    _added(session, account)
    if policy.two_persons:
        ticks.propose(session, account, wanted.permissions, actor=actor)
    news.tell(session, account)
    return account, initial


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    """duty: one of DUTIES, or "" for every permission. is_final: the password need not be changed."""

    username: str
    password: str
    is_final: bool
    duty: str = ""

    @property
    def permissions(self) -> list[str]:
        every = PERMISSIONS[Kind.ADMIN]
        return [one for one in every if one in DUTIES[self.duty] | {"password.change"}] if self.duty else list(every)


def make_first_administrator(
    session: Session, first: FirstAdministrator, *, policy: Policy, now: datetime
) -> Account | None:
    """A given password; None when there is an account of that name already."""
    username, password = first.username, first.password
    if queries.account_named(session, username):
        return None
    problems = usernames.objections(username) + passwords.objections(password, username=username)
    ensure(problems + _permission_problems(Kind.ADMIN, first.permissions, policy))
    account = Account(
        kind=Kind.ADMIN,
        username=username,
        username_key=usernames.key(username),
        password_hash=credentials.hashed(password),
        password_state=PasswordState.OWN if first.is_final else PasswordState.INITIAL,
        permissions=first.permissions,
        personal={},
        created_at=now,
        revision=0,
    )
    _added(session, account)
    news.tell(session, account)
    return account


def revise(
    session: Session,
    account: Account,
    *,
    actor: Actor,
    policy: Policy,
    display_name: str | None = None,
    permissions: list[str] | None = None,
) -> Account:
    """Changes an office's or administrator's display name or ticks; changed ticks outdate the running tokens.

    Where two persons are wanted, ticks that are given wait for the second (actions/ticks.py).

    Refuses new ticks that the actor may not give, to himself least of all.
    """
    _ensure_ours(account)
    if permissions is not None:
        ensure(_permission_problems(account.kind, permissions, policy))
        ticks.change(session, account, permissions, actor=actor, two_persons=policy.two_persons)
    if display_name is not None:
        account.personal = account.personal | {"display_name": display_name}
    return account


def set_state(session: Session, account: Account, state: State, *, actor: Actor) -> Account:
    """Disables, which ends the running sessions and tokens, or opens again."""
    if account.id == actor.account_id:
        raise Conflict("own_account")
    if account.kind == Kind.SUB_ACCOUNT:
        raise Conflict("managed_by_unit")
    if account.state == State.RESERVED:
        raise Conflict("not_registered_yet")
    if account.state != state:
        account.state = state
        if state is State.DISABLED:
            sessions.end_all(session, account.id)
        news.tell(session, account)
    return account


def resettable(session: Session, account_id: UUID, *, actor: Actor) -> Account:
    """The account whose password the actor may reset: a unit its own sub-accounts', an administrator the others'.

    The title office (职改办) resets a unit of its own branch that nobody else acts for (S4b-08).
    """
    account = queries.account_to_change(session, account_id)
    if actor.kind == Kind.OFFICE:
        return _of_title_office(session, account, actor)
    of_own_unit = (
        actor.kind == Kind.UNIT and account.kind == Kind.SUB_ACCOUNT and account.unit_id == actor.unit_id is not None
    )
    if actor.kind == Kind.UNIT and not of_own_unit:
        raise NotFound
    actor.require("sub_account.manage" if of_own_unit else "account.manage")
    if account.kind == Kind.PERSON or account.state == State.RESERVED:
        raise NotFound
    if not of_own_unit:
        powers.ensure_not_stronger(session, account, actor=actor)
    return account


def _of_title_office(session: Session, account: Account, actor: Actor) -> Account:
    office = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    actor.require("staff.manage" if office and office.level == TITLE_OFFICE else "account.manage")
    unit = session.get(Unit, account.unit_id) if account.kind == Kind.UNIT and account.unit_id else None
    if unit is None or account.state == State.RESERVED:
        raise NotFound
    if actor.organisation_id not in queries.with_higher(session, unit.department_id):
        raise NotFound
    others = select(Account.id).where(
        Account.unit_id == account.unit_id,
        Account.kind.in_((Kind.UNIT, Kind.SUB_ACCOUNT)),
        Account.id != account.id,
        Account.state == State.ACTIVE,
    )
    if session.scalar(others.limit(1)):
        raise Conflict("unit_has_staff")
    return account


def _added(session: Session, account: Account) -> None:
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as taken:
        # Somebody else was given the name since we looked.
        raise RuleBroken("invalid", Problem("username_taken", "username")) from taken


def _ensure_ours(account: Account) -> None:
    if account.kind not in {Kind.OFFICE, Kind.ADMIN}:
        raise Conflict("managed_by_unit")


def _permission_problems(kind: str, permissions: list[str], policy: Policy) -> list[Problem]:
    known = PERMISSIONS[Kind(kind)]
    found = [
        Problem("unknown_choice", f"permissions.{i}") for i, ticked in enumerate(permissions) if ticked not in known
    ]
    mixed = policy.separate_duties and kind == Kind.ADMIN and mixes_duties(permissions)
    return [*found, Problem("duties_not_apart", "permissions")] if mixed else found


def _organisation_problems(session: Session, wanted: Wanted) -> list[Problem]:
    if wanted.kind == Kind.ADMIN:
        return [Problem("not_for_this_kind", "organisation_id")] if wanted.organisation_id else []
    if wanted.organisation_id is None:
        return [Problem("required", "organisation_id")]
    known = session.get(Organisation, wanted.organisation_id)
    return [] if known else [Problem("unknown_organisation", "organisation_id")]
