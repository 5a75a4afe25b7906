"""The mail address of a unit's account: proved by a code, and the way back to a forgotten password (S4e-01).

It is the account's own, given with the user name; the address that units has is for who wants to write to the unit.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Problem, ensure
from shenbao_identity import queries
from shenbao_identity.actions import codes, credentials, messages, news, sessions, tries
from shenbao_identity.domain import usernames
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account, SmsCode
from shenbao_identity.settings import Policy

LIVES = timedelta(minutes=15)
"""Mail is slower than a short message."""

_SUBJECT = "申报服务平台 邮箱验证码 / Shenbao verification code"
_TEXT = (
    "验证码：{code}，{minutes} 分钟内有效，只能使用一次。如非本人操作，请忽略本邮件。\n\n"
    "Your code is {code}. It is valid for {minutes} minutes and works once. If that was not you, ignore this mail."
)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Whose password somebody wants to set anew."""

    username: str
    email: str


def wait_for_claim(session: Session, claimed: Claimed, *, now: datetime) -> int:
    """For how many seconds no further code goes out; counted for wrong claims as for right ones."""
    return codes.wait(session, _claim_index(session, claimed), now=now)


def send_for_claim(session: Session, claimed: Claimed, *, now: datetime) -> SmsCode:
    """A code on its way to the account's address; for a wrong claim the same rows, and a code that nobody guesses."""
    known = _claimed(session, claimed) is not None
    code = codes.random() if known else secrets.token_hex(16)
    row = codes.keep(session, _claim_index(session, claimed), code, now=now, lives=LIVES)
    _send(session, claimed.email, code, now=now, given_up=not known)
    return row


def take_for_claim(session: Session, claimed: Claimed, code_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether the code was sent for this claim. Runs in a transaction apart."""
    return codes.take(session, code_id, code, index=_claim_index(session, claimed), now=now)


def recover(session: Session, claimed: Claimed, new: str, *, proved: bool, policy: Policy, now: datetime) -> None:
    """Sets the password, ends a lock and the sessions, tells the account; says nothing of whether there is one."""
    account = _claimed(session, claimed) if proved else None
    ensure(problems(account is not None))
    if account is None:
        raise AssertionError("a code for an account that there is not")
    credentials.replace(account, new, path="new_password", policy=policy)
    tries.forget(session, credentials.tries_key(account, claimed.username))
    sessions.end_all(session, account.id)
    news.outdate_tokens(session, account)
    audit.record(session, "password_recovered", person_id=account.id, subject=account.unit_id or account.id)
    messages.tell(session, account, messages.News(topic="password_recovered"), now=now)


def wait_for_address(session: Session, email: str, *, now: datetime) -> int:
    """For how many seconds no further code goes to this address."""
    return codes.wait(session, _address_index(session, email), now=now)


def send_to_address(session: Session, email: str, *, now: datetime) -> SmsCode:
    """A code on its way to the address that an account wants to have."""
    row = codes.keep(session, _address_index(session, email), codes.random(), now=now, lives=LIVES)
    _send(session, email, row.code, now=now)
    return row


def take_for_address(session: Session, email: str, code_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether the code was sent to this address. Runs in a transaction apart."""
    return codes.take(session, code_id, code, index=_address_index(session, email), now=now)


def change_address(session: Session, account: Account, email: str, *, proved: bool, now: datetime) -> None:
    """The address by which the password is recovered from now on; the account is told."""
    ensure(problems(proved))
    account.personal = account.personal | {"email": email}
    messages.tell(session, account, messages.News(topic="email_changed"), now=now)


def problems(right: bool) -> list[Problem]:
    return [] if right else [Problem("mail_code_wrong", "mail_code")]


def _claimed(session: Session, claimed: Claimed) -> Account | None:
    account = queries.account_named(session, claimed.username)
    if account is None or account.kind != Kind.UNIT or account.state != State.ACTIVE:
        return None
    return account if _plain(str(account.personal.get("email", ""))) == _plain(claimed.email) else None


def _send(session: Session, to: str, code: str, *, now: datetime, given_up: bool = False) -> None:
    text = _TEXT.format(code=code, minutes=int(LIVES.total_seconds()) // 60)
    content = {"to": to, "subject": _SUBJECT, "text": text}
    messages.send_code(session, "mail", content, now=now, lives=LIVES, given_up=given_up)


def _claim_index(session: Session, claimed: Claimed) -> bytes:
    named = f"{usernames.key(claimed.username)}:{_plain(claimed.email)}"
    return sealer_of(session).blind(f"mail-claim:{named}")


def _address_index(session: Session, email: str) -> bytes:
    return sealer_of(session).blind(f"mail:{_plain(email)}")


def _plain(email: str) -> str:
    return email.strip().casefold()
