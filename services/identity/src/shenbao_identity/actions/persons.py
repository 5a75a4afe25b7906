"""Persons who register themselves; what they tell of themselves; the way back when the password is forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_identity import queries
from shenbao_identity.actions import credentials, messages, news, sessions, sms_codes
from shenbao_identity.domain import passwords, persons
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models import Account, Consent
from shenbao_identity.settings import Policy


@dataclass(frozen=True, kw_only=True)
class Registering:
    """What somebody fills in; consents: agreement and version of each that is ticked."""

    name: str
    id_type: str
    id_number: str
    mobile: str
    password: str
    password_again: str
    consents: Mapping[str, str]


def register(session: Session, told: Registering, *, mobile_proved: bool, policy: Policy, now: datetime) -> Account:
    """A person's account (S4c-01, S4d-02); whether a number is taken is told only to who has proved the mobile."""
    ensure(_problems(told, policy, now) + sms_codes.problems(mobile_proved))
    number = told.id_number.upper()
    document, mobile = queries.document_index(session, told.id_type, number), queries.mobile_index(session, told.mobile)
    if session.scalar(select(Account.id).where(Account.id_number_index == document)):
        raise Conflict("id_number_taken", Problem("id_number_taken", "id_number"))
    if session.scalar(select(Account.id).where(Account.mobile_index == mobile)):
        raise Conflict("mobile_taken", Problem("mobile_taken", "mobile"))
    said = {"name": told.name, "id_type": told.id_type, "id_number": number, "mobile": told.mobile}
    account = Account(
        kind=Kind.PERSON,
        password_hash=credentials.hashed(told.password),
        password_state=PasswordState.OWN,
        permissions=["password.change"],
        personal=said | persons.told_by_number(told.id_type, number, today=office_day(now)),
        id_number_index=document,
        mobile_index=mobile,
        created_at=now,
        revision=0,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as taken:
        # Somebody registered the same number since we looked.
        raise Conflict("id_number_taken", Problem("id_number_taken", "id_number")) from taken
    consent(session, account, told.consents, now=now)
    news.tell(session, account)
    return account


def consent(session: Session, account: Account, given: Mapping[str, str], *, now: datetime) -> None:
    """Keeps which version was agreed to, and when first."""
    for agreement, version in given.items():
        values = {"account_id": account.id, "agreement": agreement, "version": version, "given_at": now}
        session.execute(insert(Consent).values(values).on_conflict_do_nothing())


def recover(session: Session, mobile: str, new: str, *, mobile_proved: bool, policy: Policy, now: datetime) -> None:
    """A new password for the person with this mobile; says nothing else of whether there is one (S4c-03)."""
    index = queries.mobile_index(session, mobile)
    account = session.scalar(select(Account).where(Account.mobile_index == index).with_for_update())
    found = passwords.objections(new, username="", path="new_password", profile=policy.password_profile)
    ensure(found + sms_codes.problems(mobile_proved and account is not None and account.state == State.ACTIVE))
    if account is None:
        return
    credentials.replace(account, new, path="new_password", policy=policy)
    sessions.end_all(session, account.id)
    news.outdate_tokens(session, account)
    messages.tell(session, account, messages.News(topic="password_recovered"), now=now)


def change_mobile(session: Session, account: Account, mobile: str, *, proved: bool, now: datetime) -> None:
    """Binds another mobile, proved by a code sent to it; the old one is told (S1-16)."""
    ensure(persons.mobile_problems(mobile) + sms_codes.problems(proved))
    index = queries.mobile_index(session, mobile) if account.kind == Kind.PERSON else None
    if index and session.scalar(select(Account.id).where(Account.mobile_index == index, Account.id != account.id)):
        raise Conflict("mobile_taken", Problem("mobile_taken", "mobile"))
    if before := account.personal.get("mobile"):
        messages.tell(session, account, messages.News(topic="mobile_changed"), sms_to=before, now=now)
    account.personal = account.personal | {"mobile": mobile}
    account.mobile_index = index


def change_details(account: Account, changes: Mapping[str, str], *, now: datetime) -> None:
    """What a person tells of themselves, but for what is fixed (S4c-05, S3-38)."""
    today = office_day(now)
    ensure(persons.change_problems(account.personal, changes, verified=account.verified, today=today))
    account.personal = account.personal | dict(changes)


def missing(account: Account, policy: Policy) -> list[str]:
    """Which of the demanded details a person has not told yet (S3-03)."""
    if account.kind != Kind.PERSON:
        return []
    return [name for name in policy.details if not account.personal.get(name)]


def _problems(told: Registering, policy: Policy, now: datetime) -> list[Problem]:
    found = persons.name_problems(told.name)
    found += persons.document_problems(told.id_type, told.id_number.upper(), today=office_day(now))
    found += persons.mobile_problems(told.mobile)
    found += passwords.objections(told.password, username=told.id_number, profile=policy.password_profile)
    if told.password != told.password_again:
        found.append(Problem("passwords_differ", "password_again"))
    agreed = set(told.consents.items())
    due = [agreement for agreement, version in policy.agreements if (agreement, version) not in agreed]
    return found + [Problem("consent_missing", f"consents.{agreement}") for agreement in due]
