"""Signing in by a province: begun with a challenge, ended with a person's account."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, NotFound
from shenbao_identity import queries
from shenbao_identity.actions import news, sign_in
from shenbao_identity.domain import assurance, pkce
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account, Challenge, UpstreamIdentity
from shenbao_identity.providers import UpstreamPerson


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A sign-in that is under way at a provider, with its secrets."""

    challenge: str
    state: str
    nonce: str
    verifier: str

    @property
    def code_challenge(self) -> str:
        return pkce.challenge_of(self.verifier)


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


def finish(session: Session, challenge: str, person: UpstreamPerson, *, now: datetime) -> None:
    """Signs the person in to the challenge, with a new account at the first time."""
    row = queries.challenge_open(session, challenge, now=now, lock=True)
    account = _account_of(session, person, now)
    if account.state != State.ACTIVE:
        raise Conflict("account_disabled")
    row.account_id = account.id
    sign_in.finish(row, acr=assurance.acr_of(assurance.level(person.acr)), now=now)


def _account_of(session: Session, person: UpstreamPerson, now: datetime) -> Account:
    """By who they are at this provider, else by their ID number where the provider vouches for it, else a new one."""
    # Two first sign-ins of one person at the same time make one account.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{person.provider} {person.subject}"))))
    linked = session.get(UpstreamIdentity, (person.provider, person.subject))
    account = session.get_one(Account, linked.account_id) if linked else _by_id_number(session, person)
    if account is None:
        account = Account(kind=Kind.PERSON, permissions=[], personal={}, created_at=now, revision=0)
        session.add(account)
        session.flush()
        news.tell(session, account)
    if linked is None:
        _link(session, person, account.id)
    _take_over(session, account, person)
    return account


def _by_id_number(session: Session, person: UpstreamPerson) -> Account | None:
    if not _is_vouched(person):
        return None
    index = sealer_of(session).blind(person.id_number)
    found = session.scalar(select(Account).where(Account.id_number_index == index))
    if found and found.personal.get("name") != person.name:
        # One number under two names: a person has to look at that.
        raise Conflict("identity_mismatch")
    return found


def _take_over(session: Session, account: Account, person: UpstreamPerson) -> None:
    """What the province says today is what holds."""
    said = {"name": person.name, "id_number": person.id_number, "mobile": person.mobile}
    known = account.personal | {name: value for name, value in said.items() if value}
    if known != account.personal:
        account.personal = known
    if _is_vouched(person) and account.id_number_index is None:
        index = sealer_of(session).blind(person.id_number)
        if session.scalar(select(Account.id).where(Account.id_number_index == index)):
            raise Conflict("identity_mismatch")
        account.id_number_index = index


def _link(session: Session, person: UpstreamPerson, account_id: UUID) -> None:
    session.add(UpstreamIdentity(provider=person.provider, subject=person.subject, account_id=account_id))


def _is_vouched(person: UpstreamPerson) -> bool:
    return bool(person.id_number) and assurance.level(person.acr) >= assurance.LINKING
