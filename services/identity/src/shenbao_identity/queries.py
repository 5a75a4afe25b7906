"""Reads used by more than one caller."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.errors import NotFound
from shenbao_identity.domain import usernames
from shenbao_identity.domain.account import State
from shenbao_identity.domain.persons import CITIZEN, ID_TYPES, is_mobile
from shenbao_identity.models import Account, BrowserSession, Challenge, Organisation, RegisteredClient


def digest(secret: str) -> bytes:
    """What is stored of a secret that we made ourselves (256 random bits need no slow hash)."""
    return hashlib.sha256(secret.encode()).digest()


def account_named(session: Session, username: str) -> Account | None:
    if not usernames.is_possible(username):
        return None
    return session.scalar(select(Account).where(Account.username_key == usernames.key(username)))


def document_index(session: Session, id_type: str, number: str) -> bytes:
    """What a person's document is found by; type and number are unique together (S4d-02)."""
    text = number.upper()
    return sealer_of(session).blind(text if id_type == CITIZEN else f"{id_type}:{text}")


def mobile_index(session: Session, mobile: str) -> bytes:
    return sealer_of(session).blind(f"mobile:{mobile}")


def person_named(session: Session, text: str) -> Account | None:
    """The person who signs in with this mobile or ID number (S4c-03)."""
    if is_mobile(text):
        return session.scalar(select(Account).where(Account.mobile_index == mobile_index(session, text)))
    if not 5 <= len(text) <= 30:
        return None
    found = {document_index(session, id_type, text) for id_type in ID_TYPES}
    return session.scalar(select(Account).where(Account.id_number_index.in_(found)).limit(1))


def person_of_number(session: Session, id_type: str, number: str) -> Account | None:
    return session.scalar(select(Account).where(Account.id_number_index == document_index(session, id_type, number)))


def account_to_change(session: Session, account_id: UUID) -> Account:
    return account_of(session, account_id, held=True)


def account_of(session: Session, account_id: UUID, *, held: bool = False) -> Account:
    found = session.get(Account, account_id, with_for_update=held)
    if found is None or found.state == State.DELETED:
        raise NotFound
    return found


def challenge_open(session: Session, challenge: str, *, now: datetime, lock: bool = False) -> Challenge:
    """Refuses an unknown or ended challenge with `sign_in_expired`: the sign-in begins anew."""
    found = session.get(Challenge, digest(challenge), with_for_update=lock)
    if found is None or found.expires_at <= now:
        raise NotFound("sign_in_expired")
    return found


def session_of_cookie(session: Session, cookie: str | None, *, now: datetime) -> BrowserSession | None:
    """The running session of a browser whose account may still sign in."""
    if not cookie:
        return None
    found = session.scalar(select(BrowserSession).where(BrowserSession.cookie_hash == digest(cookie)))
    return found if found and is_running(found, now) else None


def is_running(signed_in: BrowserSession, now: datetime) -> bool:
    in_time = now < min(signed_in.idle_until, signed_in.ends_at)
    return in_time and signed_in.account.state == State.ACTIVE


def organisation_names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def with_higher(session: Session, organisation_id: UUID | None) -> set[UUID]:
    """An organisation and all above it."""
    found, here = set[UUID](), organisation_id
    while here is not None and here not in found:
        found.add(here)
        organisation = session.get(Organisation, here)
        here = organisation.parent_id if organisation else None
    return found


def registered_clients() -> Select[RegisteredClient]:
    return select(RegisteredClient)


def accounts(*, kind: str | None = None, beginning: str | None = None) -> Select[Account]:
    """Accounts that administrators see: those with a user name; persons come and go by their provider."""
    wanted = select(Account).where(Account.username_key.is_not(None), Account.state != State.RESERVED)
    if kind:
        wanted = wanted.where(Account.kind == kind)
    if beginning:
        wanted = wanted.where(Account.username_key.startswith(usernames.key(beginning), autoescape=True))
    return wanted
