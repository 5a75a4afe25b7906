"""Passwords: set, checked, handed out for one use. Stored as Argon2id (RFC 9106)."""

from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_identity.actions import news, tries
from shenbao_identity.domain import lockout, passwords
from shenbao_identity.domain.account import PasswordState
from shenbao_identity.models import Account, BrowserSession
from shenbao_identity.settings import Policy

# 19 MiB and two passes: the smallest of OWASP's equivalent choices, about 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _hasher.hash(passwords.random_initial())


def is_right(account: Account | None, password: str) -> bool:
    """Takes the same time for an account that does not exist."""
    stored = account.password_hash if account is not None else None
    if account is not None and account.password_state == PasswordState.USED:
        stored = None
    try:
        _hasher.verify(stored or _NOBODYS, password)
    except VerificationError:
        return False
    return stored is not None


def hashed(password: str) -> str:
    return _hasher.hash(password)


def give_initial(account: Account, policy: Policy) -> str:
    """A one-time password, random unless the installation fixed it (S4e-04); it opens only the change form."""
    initial = policy.fixed_initial_password or passwords.random_initial()
    account.password_hash, account.password_state = hashed(initial), PasswordState.INITIAL
    return initial


def use_up_initial(account: Account) -> None:
    account.password_state = PasswordState.USED


def replace(account: Account, new: str, *, path: str, policy: Policy) -> None:
    """The owner's choice of a new password."""
    named = account.username or ""
    problems = passwords.objections(new, username=named, path=path, profile=policy.password_profile)
    if not problems and account.password_hash and _is_same(account.password_hash, new):
        problems = [Problem("same_as_before", path)]
    ensure(problems)
    account.password_hash, account.password_state = hashed(new), PasswordState.OWN


def change(session: Session, account: Account, *, old: str, new: str, keep: UUID | None, policy: Policy) -> None:
    """Changes the own password and ends the account's other sessions; refuses a wrong old one."""
    if not is_right(account, old):
        raise RuleBroken("old_password_wrong", Problem("old_password_wrong", "old_password"))
    replace(account, new, path="new_password", policy=policy)
    end_sessions(session, account.id, keep=keep)


def reset(session: Session, account: Account, policy: Policy) -> str:
    """A new initial password; whoever is signed in with the old one is signed out, a lock ends (S4g-30)."""
    initial = give_initial(account, policy)
    tries.forget(session, tries_key(account, account.username or ""))
    end_sessions(session, account.id)
    news.outdate_tokens(session, account)
    return initial


def tries_key(account: Account | None, typed: str) -> str:
    """What tries are counted by: one count an account, however it is named; a count of its own for an unknown name."""
    return f"account:{account.id}" if account is not None else lockout.name_key(typed)


def end_sessions(session: Session, account_id: UUID, *, keep: UUID | None = None) -> None:
    """Ends the account's sessions and with them its refresh tokens and codes."""
    ended = delete(BrowserSession).where(BrowserSession.account_id == account_id)
    session.execute(ended if keep is None else ended.where(BrowserSession.id != keep))


def rehash_if_weak(account: Account, password: str) -> None:
    """Follows a change of the parameters, the only time that the password is known."""
    if account.password_hash and _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = hashed(password)


def _is_same(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False
