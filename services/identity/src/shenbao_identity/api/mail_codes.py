"""The mail address of a unit's account, and the way back to its forgotten password by a code sent there (S4e-01)."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken, ensure
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.errors import TooMany
from shenbao_common.web.schema import Schema
from shenbao_identity import queries
from shenbao_identity.actions import mail_codes, tries
from shenbao_identity.actions.mail_codes import LIVES, Claimed
from shenbao_identity.api import guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.person_schemas import SmsCodeOut
from shenbao_identity.api.recent import ensure_recent
from shenbao_identity.api.schemas import Line, Password
from shenbao_identity.domain import lockout, passwords, usernames
from shenbao_identity.models import SmsCode

blp = Blueprint("mail_codes", __name__, url_prefix="/v1", description="Codes by mail, and recovery by them.")

_SECONDS = int(LIVES.total_seconds())


class Email(ma.fields.Email):
    def __init__(self) -> None:
        super().__init__(required=True, validate=validate.Length(max=100))


class ClaimIn(Schema):
    username = Line(100, required=True)
    email = Email()


class ClaimCodeIn(ClaimIn):
    image_code_id = ma.fields.UUID(required=True)
    image_code = Line(20, required=True)


class MailRecoveryIn(ClaimIn):
    mail_code_id = ma.fields.UUID(required=True)
    mail_code = Line(10, required=True)
    new_password = Password(required=True)


class AddressIn(Schema):
    email = Email()


class ProvedAddressIn(AddressIn):
    """An address with the code that was sent to it."""

    mail_code_id = ma.fields.UUID(required=True)
    mail_code = Line(10, required=True)


@blp.post("/mail-recovery-codes")
@blp.arguments(ClaimCodeIn)
@blp.response(201, SmsCodeOut)
@public
def send_for_claim(body: dict[str, Any]) -> dict[str, Any]:
    """Send a code to the address of a unit's account; answers alike whether there is such an account."""
    now = clock.now()
    if not guard.image_is_right(body.pop("image_code_id"), body.pop("image_code"), now=now):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    _ensure_sending(now)
    claimed = Claimed(**body)
    with transaction() as session:
        if seconds := mail_codes.wait_for_claim(session, claimed, now=now):
            raise TooMany("mail_too_often", retry_after=seconds)
        return _sent(mail_codes.send_for_claim(session, claimed, now=now))


@blp.post("/mail-recoveries")
@blp.arguments(MailRecoveryIn)
@blp.response(204)
@public
def recover(body: dict[str, Any]) -> None:
    """A new password by the code; a wrong one, and a name or address that nobody has, are refused alike."""
    new, policy, now = body["new_password"], settings().policy, clock.now()
    claimed = Claimed(username=body["username"], email=body["email"])
    profile = policy.password_profile
    ensure(passwords.objections(new, username=claimed.username, path="new_password", profile=profile))
    guard.count_try(f"address:{counted_address()}", limit=lockout.PER_ADDRESS, code="too_many_tries", now=now)
    key = f"mail-recovery:{usernames.key(claimed.username)}"
    guard.count_try(key, limit=lockout.PER_ACCOUNT * 2, code="recovery_locked", now=now)
    with own_transaction() as session:
        proved = mail_codes.take_for_claim(session, claimed, body["mail_code_id"], body["mail_code"], now=now)
    with transaction() as session:
        mail_codes.recover(session, claimed, new, proved=proved, policy=policy, now=now)
    with own_transaction() as session:
        tries.forget(session, key)


@blp.post("/me/email-codes")
@blp.arguments(AddressIn)
@blp.response(201, SmsCodeOut)
def send_to_address(body: dict[str, str]) -> dict[str, Any]:
    """Send a code to the address that the own unit's account is to have."""
    actor_of(Kind.UNIT)
    ensure_recent()
    now = clock.now()
    _ensure_sending(now)
    with transaction() as session:
        if seconds := mail_codes.wait_for_address(session, body["email"], now=now):
            raise TooMany("mail_too_often", retry_after=seconds)
        return _sent(mail_codes.send_to_address(session, body["email"], now=now))


@blp.put("/me/email")
@blp.arguments(ProvedAddressIn)
@blp.response(204)
def change_address(body: dict[str, Any]) -> None:
    """Keep another address for the recovery of the password, after a code to it."""
    who = actor_of(Kind.UNIT)
    ensure_recent()
    now, email = clock.now(), body["email"]
    with own_transaction() as session:
        proved = mail_codes.take_for_address(session, email, body["mail_code_id"], body["mail_code"], now=now)
    with transaction() as session:
        account = queries.account_to_change(session, who.account_id)
        mail_codes.change_address(session, account, email, proved=proved, now=now)


def _ensure_sending(now: Any) -> None:
    """An installation without a mail server says so; one address sends no floods."""
    if not settings().mail_url:
        raise Conflict("mail_unavailable")
    guard.count_try(f"mail:{counted_address()}", limit=settings().codes_per_address, code="too_many_tries", now=now)


def _sent(row: SmsCode) -> dict[str, Any]:
    return {"id": row.id, "expires_in": _SECONDS}
