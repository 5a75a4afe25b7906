"""Signing in by a province: begun with a challenge, ended with the account of a person or of a legal person."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, NotFound
from shenbao_identity import queries
from shenbao_identity.actions import news, sessions, sign_in
from shenbao_identity.domain import assurance, lifetimes, pkce
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.domain.persons import CITIZEN
from shenbao_identity.models import Account, Challenge, UpstreamIdentity, UsedTicket
from shenbao_identity.providers.upstream import Vouched, Way
from shenbao_identity.settings import Provider


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A sign-in that is under way at a provider, with its secrets."""

    challenge: str
    state: str
    nonce: str
    verifier: str
    at: float = 0.0

    def way(self, redirect_uri: str) -> Way:
        """What goes to the provider, where the browser is to come back to this address."""
        return Way(
            redirect_uri=redirect_uri,
            state=self.state,
            nonce=self.nonce,
            verifier=self.verifier,
            code_challenge=pkce.challenge_of(self.verifier),
        )


def begin(session: Session, challenge: str, *, provider: str, browser: str, now: datetime) -> Begun:
    """Binds a sign-in at a provider to the challenge; only the browser that asked for the challenge may."""
    row = queries.challenge_open(session, challenge, now=now, lock=True)
    if row.browser_hash != queries.digest(browser):
        raise NotFound("sign_in_expired")
    begun = Begun(
        challenge=challenge,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        at=now.timestamp(),
    )
    row.upstream_provider = provider
    row.upstream_state_hash = queries.digest(begun.state)
    row.upstream_secrets = asdict(begun)
    return begun


def take(session: Session, state: str, *, provider: str, browser: str, now: datetime) -> Begun | None:
    """What was begun under this state, once; None when nothing was, or by another browser or at another provider."""
    row = session.scalar(
        select(Challenge).where(Challenge.upstream_state_hash == queries.digest(state)).with_for_update()
    )
    if row is None or row.expires_at <= now or row.upstream_secrets is None:
        return None
    if row.upstream_provider != provider or row.browser_hash != queries.digest(browser):
        return None
    begun = Begun(**row.upstream_secrets)
    row.upstream_state_hash = row.upstream_secrets = None
    return begun


def is_fresh(session: Session, begun: Begun, tickets: list[str], *, now: datetime) -> bool:
    """Whether the browser came back within time, with tickets that nobody has brought before.

    Some protocols let a ticket be used again and never let it run out; so we keep what was brought.
    """
    if now.timestamp() - begun.at > lifetimes.UPSTREAM.total_seconds():
        return False
    for ticket in filter(None, tickets):
        new = insert(UsedTicket).values(ticket=queries.digest(ticket), used_at=now)
        if session.execute(new.on_conflict_do_nothing().returning(UsedTicket.ticket)).first() is None:
            return False
    return True


def finish(session: Session, challenge: str, who: Vouched, *, by: Provider, now: datetime) -> None:
    """Signs whom the province vouches for in to the challenge, with a new account at the first time.

    Refuses with `assurance_too_low` who is known to the province less well than this installation demands (S0-02),
    and a person where legal persons sign in, or the reverse (S0-01, S1-01).
    """
    if assurance.level(who.acr) < by.least_level:
        raise Conflict("assurance_too_low")
    if (by.kind == "legal") != bool(who.credit_code):
        raise Conflict("not_a_legal_person" if by.kind == "legal" else "not_a_person")
    row = queries.challenge_open(session, challenge, now=now, lock=True)
    account = _account_of(session, who, now)
    if account.state != State.ACTIVE:
        raise Conflict("account_disabled")
    row.account_id = account.id
    sign_in.finish(row, acr=assurance.acr_of(assurance.level(who.acr)), now=now)


def _account_of(session: Session, who: Vouched, now: datetime) -> Account:
    """By who they are at this provider, else by the number it vouches for, else a new one."""
    # Two first sign-ins of one person at the same time make one account, also when two provinces vouch.
    _one_at_a_time(session, f"{who.provider} {who.subject}".encode())
    if who.credit_code or _is_vouched(who):
        _one_at_a_time(session, who.credit_code.encode() or queries.document_index(session, CITIZEN, who.id_number))
    linked = session.get(UpstreamIdentity, (who.provider, who.subject))
    by_number = _by_credit_code if who.credit_code else _by_id_number
    account = session.get_one(Account, linked.account_id) if linked else by_number(session, who)
    if account is None:
        kind = Kind.UNIT if who.credit_code else Kind.PERSON
        account = Account(kind=kind, permissions=[], personal={}, modules=[], created_at=now, revision=0)
        session.add(account)
        session.flush()
        news.tell(session, account)
    if linked is None:
        session.add(UpstreamIdentity(provider=who.provider, subject=who.subject, account_id=account.id))
    if who.credit_code:
        _take_over_legal(account, who)
    else:
        _take_over(session, account, who)
    return account


def _one_at_a_time(session: Session, whose: bytes) -> None:
    lock = int.from_bytes(queries.digest(whose.hex())[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(lock)))


def _by_credit_code(session: Session, who: Vouched) -> Account | None:
    """The earlier registration of the same credit code, however it was made (S0-04)."""
    same = (Account.kind == Kind.UNIT) & (Account.credit_code == who.credit_code) & (Account.state == State.ACTIVE)
    return session.scalar(select(Account).where(same).order_by(Account.created_at, Account.id).limit(1))


def _take_over_legal(account: Account, who: Vouched) -> None:
    account.verified, account.credit_code = True, who.credit_code
    if not account.personal.get("display_name"):
        account.personal = account.personal | {"display_name": who.name}


def _by_id_number(session: Session, person: Vouched) -> Account | None:
    if not _is_vouched(person):
        return None
    index = queries.document_index(session, CITIZEN, person.id_number)
    found = session.scalar(select(Account).where(Account.id_number_index == index))
    if found and found.personal.get("name") != person.name:
        # One number under two names: a person has to look at that.
        raise Conflict("identity_mismatch")
    return found


def _take_over(session: Session, account: Account, person: Vouched) -> None:
    """What the province says today is what holds."""
    said = {"name": person.name, "id_number": person.id_number, "mobile": person.mobile}
    known = account.personal | {name: value for name, value in said.items() if value}
    if known != account.personal:
        account.personal = known
    if not _is_vouched(person):
        return
    index = queries.document_index(session, CITIZEN, person.id_number)
    if account.id_number_index != index:
        if session.scalar(select(Account.id).where(Account.id_number_index == index)):
            raise Conflict("identity_mismatch")
        account.id_number_index = index
    if not account.verified:
        _drop_claims(session, account)


def _drop_claims(session: Session, account: Account) -> None:
    """Whoever registered under this number without proof loses the way in: it may have been somebody else."""
    account.verified = True
    account.password_hash, account.password_state = None, PasswordState.NONE
    account.mobile_index = None
    sessions.end_all(session, account.id)


def _is_vouched(person: Vouched) -> bool:
    return bool(person.id_number) and assurance.level(person.acr) >= assurance.LINKING
