"""User names that are taken before what they are for exists: a unit in registration, a sub-account being made.

The password stays here; a signed ticket tells units which account it may use. What is not confirmed by units' event
within an hour gives its name back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.of_person import destroy_key
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_identity.actions import credentials, hashing
from shenbao_identity.domain import lifetimes, passwords, usernames
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models import Account
from shenbao_identity.settings import Policy

MOST = 1000
"""Accounts of one batch."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """account_id: the id that an agent's check has given out; None makes a new one."""

    username: str
    password: str
    email: str = ""
    account_id: UUID | None = None


def reserve_unit(session: Session, chosen: Chosen, *, image_right: bool, policy: Policy, now: datetime) -> Account:
    """A name and a password for a unit that is about to register (S4g-04).

    Names every objection; whether a name is taken is told only to one who read the image.
    """
    problems = usernames.objections(chosen.username)
    problems += passwords.objections(chosen.password, username=chosen.username, profile=policy.password_profile)
    if not image_right:
        problems.append(Problem("image_code_wrong", "image_code"))
    ensure(problems, "invalid" if image_right else "image_code_wrong")
    if chosen.account_id and session.get(Account, chosen.account_id):
        raise Conflict("ticket_used")
    account = Account(
        id=chosen.account_id or uuid7(),
        kind=Kind.UNIT,
        password_hash=credentials.hashed(chosen.password),
        password_state=PasswordState.OWN,
    )
    made = _reserve(session, account, chosen.username, now)
    if chosen.email:
        made.personal = {"email": chosen.email}
    return made


def reserve_sub_account(
    session: Session, *, username: str, actor: Actor, policy: Policy, now: datetime
) -> tuple[Account, str]:
    """A name and an initial password for one sub-account (S4g-24)."""
    ensure(usernames.objections(username))
    account = _sub_account(actor)
    initial = credentials.give_initial(account, policy)
    return _reserve(session, account, username, now), initial


def reserve_batch(
    session: Session, *, count: int, actor: Actor, policy: Policy, now: datetime
) -> list[tuple[Account, str]]:
    """The next free names `<own user name><number>` (S4g-25)."""
    own = session.get(Account, actor.account_id)
    if own is None or own.username is None:
        raise NotFound
    made: list[tuple[Account, str]] = []
    names = usernames.numbered(own.username)
    with hashing.place():  # One for all of them: they are hashed one after the other.
        while len(made) < count:
            free = _free(session, list(islice(names, count)), now)[: count - len(made)]
            ensure([problem for name in free for problem in usernames.objections(name)])
            wanted = {name: _sub_account(actor) for name in free}
            initial = {account.id: credentials.give_initial(account, policy) for account in wanted.values()}
            made += [(account, initial[account.id]) for account in _inserted(session, wanted, now)]
    return made


def lapse(session: Session, *, now: datetime) -> None:
    """Frees the names of unconfirmed reservations; forgets those for which no news can come any more."""
    unconfirmed = (Account.state == State.RESERVED) & (Account.reserved_until <= now)
    session.execute(update(Account).where(unconfirmed).values(username_key=None))
    forgotten = (Account.state == State.RESERVED) & (Account.reserved_until <= now - lifetimes.LAPSED_RESERVATION)
    for gone in session.execute(delete(Account).where(forgotten).returning(Account.id, Account.personal)):
        if gone.personal:
            destroy_key(session, gone.id)


def confirm(session: Session, account: Account) -> None:
    """Units has used the reservation; a name that lapsed meanwhile is taken back, unless another has it now."""
    if account.username_key is None and account.username:
        key = usernames.key(account.username)
        if session.scalar(select(Account.id).where(Account.username_key == key)):
            raise RuleBroken("username_taken")
        account.username_key = key
    account.reserved_until = None


def _sub_account(actor: Actor) -> Account:
    if actor.kind != Kind.UNIT or actor.unit_id is None:
        raise NotFound
    return Account(id=uuid7(), kind=Kind.SUB_ACCOUNT, unit_id=actor.unit_id)


def _reserve(session: Session, account: Account, username: str, now: datetime) -> Account:
    for made in _inserted(session, {username: account}, now):
        return made
    raise RuleBroken("invalid", Problem("username_taken", "username"))


def _inserted(session: Session, wanted: Mapping[str, Account], now: datetime) -> list[Account]:
    """Without those whose name is taken; of two who want it at the same time the database lets one have it."""
    if not wanted:
        return []
    keys = [usernames.key(name) for name in wanted]
    lapsed = Account.username_key.in_(keys) & (Account.state == State.RESERVED) & (Account.reserved_until <= now)
    session.execute(update(Account).where(lapsed).values(username_key=None))
    new = insert(Account).on_conflict_do_nothing().returning(Account.id)
    made = session.scalars(new, [_row(account, name, now) for name, account in wanted.items()]).all()
    found = {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(made)))}
    return [found[account.id] for account in wanted.values() if account.id in found]


def _row(account: Account, username: str, now: datetime) -> dict[str, Any]:
    return {
        "id": account.id,
        "kind": account.kind,
        "state": State.RESERVED,
        "username": username,
        "username_key": usernames.key(username),
        "password_hash": account.password_hash,
        "password_state": account.password_state,
        "revision": 0,
        "unit_id": account.unit_id,
        "permissions": [],
        "personal": {},
        "reserved_until": now + lifetimes.RESERVATION,
        "created_at": now,
        "version": 1,
    }


def _free(session: Session, names: list[str], now: datetime) -> list[str]:
    keys = [usernames.key(name) for name in names]
    held = (Account.state != State.RESERVED) | (Account.reserved_until > now)
    taken = set(session.scalars(select(Account.username_key).where(Account.username_key.in_(keys), held)))
    return [name for name in names if usernames.key(name) not in taken]
