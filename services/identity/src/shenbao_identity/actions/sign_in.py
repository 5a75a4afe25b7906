"""Signing in to a challenge with user name and password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict
from shenbao_identity import queries
from shenbao_identity.actions import credentials, factors
from shenbao_identity.domain.account import PASSWORD_ASSURANCE, PasswordState, State, is_retired
from shenbao_identity.models import Account, Challenge
from shenbao_identity.settings import Policy


class Outcome(StrEnum):
    """refused says the same of a wrong name, a wrong password and a name that is only reserved."""

    REFUSED = "refused"
    DISABLED = "disabled"
    RETIRED = "retired"
    WRONG_ENTRY = "wrong_entry"
    NO_PERMISSION = "no_permission"
    CHANGE_DUE = "change_due"
    FACTOR_DUE = "factor_due"
    SIGNED_IN = "signed_in"
    UNDER_REVIEW = "under_review"
    REJECTED = "rejected"


UNDER_REVIEW = "registration_under_review"
REJECTED = "registration_rejected"
"""What a reserved account is due while its unit's registration is reviewed (S1-08)."""
_REVIEWED = {UNDER_REVIEW: Outcome.UNDER_REVIEW, REJECTED: Outcome.REJECTED}

ENTRIES = {
    "person": frozenset({Kind.PERSON}),
    "unit": frozenset({Kind.UNIT, Kind.SUB_ACCOUNT}),
    "office": frozenset({Kind.OFFICE, Kind.ADMIN}),
}
"""The portals of the sign-in page (登录入口), and whose accounts sign in there (S4d-01)."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What somebody typed at which entry; entry "" takes every kind of account."""

    username: str
    password: str
    entry: str = ""


def tried_account(session: Session, tried: Tried) -> Account | None:
    """Whose name it is: at the entry of persons a mobile or ID number, elsewhere a user name first."""
    finders = [queries.account_named, queries.person_named]
    if tried.entry == "person":
        finders.reverse()
    return next((found for find in finders if (found := find(session, tried.username))), None)


def with_password(session: Session, challenge: Challenge, tried: Tried, *, policy: Policy, now: datetime) -> Outcome:
    """Checks the credentials; what else there is to say is told only to one who knows the password (S4g-29)."""
    account = tried_account(session, tried)
    if not credentials.is_right(account, tried.password) or account is None:
        return Outcome.REFUSED
    if account.state == State.RESERVED:
        return _REVIEWED.get(account.due, Outcome.REFUSED)
    if hindrance := _hindrance(account, tried.entry, policy, now):
        return hindrance
    if account.password_state == PasswordState.INITIAL:
        return _with_initial_password(session, challenge, account)
    challenge.account_id = account.id
    credentials.rehash_if_weak(account, tried.password)
    if is_old(account, policy, now):
        challenge.stage = "password_change"
        return Outcome.CHANGE_DUE
    return _go_on(session, challenge, account, policy, now)


def registering(session: Session, tried: Tried) -> Account | None:
    """The user of a registration under review or refused, to one who knows the password."""
    account = tried_account(session, tried)
    if not credentials.is_right(account, tried.password) or account is None:
        return None
    return account if account.state == State.RESERVED and account.due in _REVIEWED else None


def is_old(account: Account, policy: Policy, now: datetime) -> bool:
    """Whether a member of staff has had this password for too long (GB/T 22239-2019 level 3)."""
    if not policy.staff_password_days or account.kind not in ENTRIES["office"]:
        return False
    return now - (account.password_changed_at or account.created_at) > timedelta(days=policy.staff_password_days)


def _go_on(session: Session, challenge: Challenge, account: Account, policy: Policy, now: datetime) -> Outcome:
    """With the right password: on to the second factor where one is due, else signed in."""
    if factors.is_due(session, account, policy):
        challenge.stage = "second_factor"
        return Outcome.FACTOR_DUE
    finish(challenge, acr=PASSWORD_ASSURANCE, now=now)
    return Outcome.SIGNED_IN


def _hindrance(account: Account, entry: str, policy: Policy, now: datetime) -> Outcome | None:
    if account.state != State.ACTIVE:
        return Outcome.DISABLED
    if is_retired(account.kind, account.created_at, retired_before=policy.retired_before, now=now):
        return Outcome.RETIRED
    if entry and account.kind not in ENTRIES[entry]:
        return Outcome.WRONG_ENTRY
    if account.kind == Kind.OFFICE and not account.permissions:
        return Outcome.NO_PERMISSION
    return None


def _with_initial_password(session: Session, challenge: Challenge, account: Account) -> Outcome:
    """Works once, also when it is sent twice at the same moment."""
    session.refresh(account, with_for_update=True)
    if account.password_state != PasswordState.INITIAL:
        return Outcome.REFUSED
    credentials.use_up_initial(account)
    challenge.account_id, challenge.stage = account.id, "password_change"
    return Outcome.CHANGE_DUE


def with_new_password(session: Session, challenge: Challenge, *, new: str, policy: Policy, now: datetime) -> Outcome:
    """The forced change after an initial or an old password; goes on as after a right one (S4g-30)."""
    if challenge.stage != "password_change" or challenge.account_id is None:
        raise Conflict("no_password_change_due")
    account = queries.account_to_change(session, challenge.account_id)
    due = account.password_state == PasswordState.USED or is_old(account, policy, now)
    if account.state != State.ACTIVE or not due:
        # Meanwhile disabled, reset again, or changed elsewhere.
        raise Conflict("no_password_change_due")
    credentials.replace(account, new, path="new_password", policy=policy)
    return _go_on(session, challenge, account, policy, now)


def factor_account(session: Session, challenge: Challenge, *, held: bool) -> Account:
    """Whose second factor a challenge waits for."""
    if challenge.stage != "second_factor" or challenge.account_id is None:
        raise Conflict("no_factor_due")
    account = queries.account_of(session, challenge.account_id, held=held)
    if account.state != State.ACTIVE:
        raise Conflict("no_factor_due")
    return account


def entry_of(session: Session, tried: Tried) -> str:
    """At which entry this name signs in."""
    account = tried_account(session, tried)
    return next((entry for entry, kinds in ENTRIES.items() if account and account.kind in kinds), "")


def finish(challenge: Challenge, *, acr: str, now: datetime) -> None:
    challenge.stage, challenge.acr, challenge.auth_time = "signed_in", acr, now


def username_of(session: Session, challenge: Challenge) -> str | None:
    account = session.get(Account, challenge.account_id) if challenge.account_id else None
    return account.username if account else None
