"""The second step of a sign-in: a one-time password or a security key, or making the first one."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_identity import queries
from shenbao_identity.actions import factors, sign_in, tries
from shenbao_identity.api import guard
from shenbao_identity.api.factor_schemas import CodeIn, DueOut, EnrolIn, KeyIn, NewTotpOut, OptionsOut
from shenbao_identity.api.factor_slips import TOTP, read, site, slip
from shenbao_identity.api.schemas import SignInOut
from shenbao_identity.api.sign_ins import signed_in
from shenbao_identity.domain import lockout
from shenbao_identity.domain.account import TWO_FACTORS
from shenbao_identity.models import Account, Challenge

blp = Blueprint("second_factor", __name__, url_prefix="/v1/sign-ins", description="The second step of a sign-in.")


@blp.get("/<challenge>/factor")
@blp.response(200, DueOut)
@public
def show(challenge: str) -> dict[str, bool]:
    """Which second factors there are to choose from."""
    with transaction() as session:
        account = _account(session, challenge, held=False)[1]
        keys = bool(factors.keys_of(session, account.id))
        return {"enrol": account.totp is None and not keys, "totp": account.totp is not None, "security_keys": keys}


@blp.post("/<challenge>/totp-enrolment")
@blp.response(200, NewTotpOut)
@public
def begin_totp(challenge: str) -> dict[str, str]:
    """A new secret for one who has no second factor yet."""
    with transaction() as session:
        account = _account(session, challenge)[1]
        _ensure_none(session, account)
        made = factors.new_totp(account)
        return made | {"slip": slip(TOTP, account.id, secret=made["secret"])}


@blp.put("/<challenge>/totp-enrolment")
@blp.arguments(EnrolIn)
@blp.response(200, SignInOut)
@public
def enrol_totp(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """The first code; ends in the sign-in."""

    def enrol(session: Session, _row: Challenge, account: Account) -> None:
        _ensure_none(session, account)
        secret = read(TOTP, body["slip"], account.id)["secret"]
        factors.enrol_totp(account, secret, body["code"], now=clock.now())

    return _tried(challenge, enrol)


@blp.post("/<challenge>/totp")
@blp.arguments(CodeIn)
@blp.response(200, SignInOut)
@public
def with_totp(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """A one-time password; ends in the sign-in."""
    return _tried(challenge, lambda _s, _row, account: factors.ensure_totp(account, body["code"], now=clock.now()))


@blp.post("/<challenge>/security-key-options")
@blp.response(200, OptionsOut)
@public
def key_options(challenge: str) -> dict[str, Any]:
    """What a security key has to sign."""
    with transaction() as session:
        row, _ = _account(session, challenge)
        return {"options": factors.key_options(session, row, site())}


@blp.post("/<challenge>/security-key")
@blp.arguments(KeyIn)
@blp.response(200, SignInOut)
@public
def with_key(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """A security key's answer; ends in the sign-in."""
    with own_transaction() as session:
        row, _ = _account(session, challenge)
        expected, row.factor_challenge = row.factor_challenge, None

    def check(session: Session, _row: Challenge, account: Account) -> None:
        factors.ensure_key(session, account, body["credential"], expected=expected, site=site())

    return _tried(challenge, check)


def _tried(challenge: str, check: Callable[[Session, Challenge, Account], None]) -> dict[str, Any]:
    """Counts the try, checks, and signs in."""
    now = clock.now()
    with own_transaction() as session:
        key = f"factor:{_account(session, challenge)[1].id}"
    guard.count_try(key, limit=lockout.PER_ACCOUNT, code="account_locked", now=now)
    with own_transaction() as session:
        row, account = _account(session, challenge)
        check(session, row, account)
        tries.forget(session, key)
        sign_in.finish(row, acr=TWO_FACTORS, now=now)
    return signed_in(challenge)


def _account(session: Session, challenge: str, *, held: bool = True) -> tuple[Challenge, Account]:
    row = queries.challenge_open(session, challenge, now=clock.now(), lock=held)
    return row, sign_in.factor_account(session, row, held=held)


def _ensure_none(session: Session, account: Account) -> None:
    if factors.has_any(session, account):
        raise RuleBroken("factor_known")
