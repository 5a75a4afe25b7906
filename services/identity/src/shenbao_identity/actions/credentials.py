"""Passwords: set, checked, handed out for one use."""

from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_identity.actions import hashing, news, sessions, tries
from shenbao_identity.domain import lockout, passwords
from shenbao_identity.domain.account import PasswordState
from shenbao_identity.models import Account
from shenbao_identity.settings import Policy

_NOBODYS = hashing.hashed(passwords.random_initial())
_NOBODYS_LIGHT = hashing.hashed_random(passwords.random_initial())
_FORMER = 4
"""With the present one, five passwords that may not be chosen again (GB/T 22239-2019 level 3)."""


def is_right(account: Account | None, password: str) -> bool:
    """Takes the same time for an account that does not exist, and for one with a password that we made."""
    stored = account.password_hash if account is not None else None
    if account is not None and account.password_state == PasswordState.USED:
        stored = None
    right = hashing.is_of(stored or _NOBODYS, password)
    hashing.is_of(_NOBODYS if stored and hashing.is_light(stored) else _NOBODYS_LIGHT, password)
    return right and stored is not None


hashed = hashing.hashed


def give_initial(account: Account, policy: Policy) -> str:
    """A one-time password, random unless the installation fixed it (S4e-04); it opens only the change form."""
    account.password_state = PasswordState.INITIAL
    if policy.fixed_initial_password:
        account.password_hash = hashed(policy.fixed_initial_password)
        return policy.fixed_initial_password
    initial = passwords.random_initial()
    account.password_hash = hashing.hashed_random(initial)
    return initial


def use_up_initial(account: Account) -> None:
    account.password_state = PasswordState.USED


def replace(account: Account, new: str, *, path: str, policy: Policy) -> None:
    """The owner's choice of a new password."""
    named = account.username or ""
    problems = passwords.objections(new, username=named, path=path, profile=policy.password_profile)
    known = [account.password_hash, *account.former_hashes] if account.password_hash else account.former_hashes
    if not problems and any(hashing.is_of(stored, new) for stored in known if stored):
        problems = [Problem("same_as_before", path)]
    ensure(problems)
    if account.password_hash and account.password_state == PasswordState.OWN:
        account.former_hashes = [account.password_hash, *account.former_hashes][:_FORMER]
    account.password_hash, account.password_state = hashed(new), PasswordState.OWN
    account.password_changed_at = clock.now()


def change(session: Session, account: Account, *, old: str, new: str, keep: UUID | None, policy: Policy) -> None:
    """Changes the own password and ends the account's other sessions; refuses a wrong old one."""
    if not is_right(account, old):
        raise RuleBroken("old_password_wrong", Problem("old_password_wrong", "old_password"))
    replace(account, new, path="new_password", policy=policy)
    sessions.end_all(session, account.id, keep=keep)


def reset(session: Session, account: Account, policy: Policy) -> str:
    """A new initial password; whoever is signed in with the old one is signed out, a lock ends (S4g-30)."""
    initial = give_initial(account, policy)
    tries.forget(session, tries_key(account, account.username or ""))
    sessions.end_all(session, account.id)
    news.outdate_tokens(session, account)
    audit.record(session, "password_reset", person_id=account.id, subject=account.unit_id or account.id)
    return initial


def tries_key(account: Account | None, typed: str) -> str:
    """What tries are counted by: one count an account, however it is named; a count of its own for an unknown name."""
    return f"account:{account.id}" if account is not None else lockout.name_key(typed)


def rehash_if_weak(account: Account, password: str) -> None:
    """Follows a change of the parameters, the only time that the password is known."""
    if account.password_hash and hashing.is_weak(account.password_hash):
        account.password_hash = hashed(password)
