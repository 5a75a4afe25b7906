"""The sign-in page's API: the portal shows the page, this service decides.

Each step is a transaction apart, because what it uses up (an image, a try, an initial password) stays used up
whatever the answer is.
"""

from typing import Any
from urllib.parse import urlencode

import structlog
from flask_smorest import Blueprint

from shenbao_common.data import audit
from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_identity import queries
from shenbao_identity.actions import credentials, hashing, sign_in, tries
from shenbao_identity.actions.sign_in import Outcome
from shenbao_identity.api import browser, guard
from shenbao_identity.api.schemas import ChallengeOut, NewPasswordIn, SignInIn, SignInOut

blp = Blueprint("sign_ins", __name__, url_prefix="/v1/sign-ins", description="Signing in to a challenge.")

_log = structlog.get_logger()


@blp.get("/<challenge>")
@blp.response(200, ChallengeOut)
@public
def show(challenge: str) -> dict[str, Any]:
    """How far a sign-in has come."""
    with transaction() as session:
        row = queries.challenge_open(session, challenge, now=clock.now())
        return {"client": row.client_id, "state": row.stage, "username": sign_in.username_of(session, row)}


@blp.post("/<challenge>")
@blp.arguments(SignInIn)
@blp.response(200, SignInOut)
@public
def enter(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """Sign in with user name, password and image code."""
    with hashing.place():  # Before the image and a try are used up.
        return _entered(body, challenge)


def _entered(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    now, username, address = clock.now(), body["username"], counted_address()
    if not guard.image_is_right(body["image_code_id"], body["image_code"], now=now):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    tried = sign_in.Tried(username=username, password=body["password"], entry=body["entry"])
    with own_transaction() as session:
        key = credentials.tries_key(sign_in.tried_account(session, tried), username)
    guard.count_sign_in(key, address, now=now)
    with own_transaction() as session:
        row = queries.challenge_open(session, challenge, now=now, lock=True)
        outcome = sign_in.with_password(session, row, tried, policy=browser.settings().policy, now=now)
        if outcome is not Outcome.REFUSED:
            tries.forget(session, key)
            tries.give_back(session, f"address:{address}")
        else:
            known = sign_in.tried_account(session, tried)
            audit.record(session, "sign_in_refused", person_id=known.id if known else None)
        entry = sign_in.entry_of(session, tried)
    _log.info("sign_in", outcome=outcome.value)
    if outcome is Outcome.WRONG_ENTRY:
        raise RuleBroken("wrong_entry", entry=entry)
    return _answer(outcome, challenge)


@blp.post("/<challenge>/password")
@blp.arguments(NewPasswordIn)
@blp.response(200, SignInOut)
@public
def choose_password(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """The change that an initial password demands; ends in the sign-in."""
    now = clock.now()
    with transaction() as session:
        row = queries.challenge_open(session, challenge, now=now, lock=True)
        outcome = sign_in.with_new_password(
            session, row, new=body["new_password"], policy=browser.settings().policy, now=now
        )
    return _answer(outcome, challenge)


_REFUSALS = {
    Outcome.REFUSED: "sign_in_refused",
    Outcome.DISABLED: "account_disabled",
    Outcome.RETIRED: "account_retired",
    Outcome.NO_PERMISSION: "no_permission_granted",
    Outcome.UNDER_REVIEW: sign_in.UNDER_REVIEW,
    Outcome.REJECTED: sign_in.REJECTED,
}


def _answer(outcome: Outcome, challenge: str) -> dict[str, Any]:
    if outcome in _REFUSALS:
        raise RuleBroken(_REFUSALS[outcome])
    if outcome is Outcome.CHANGE_DUE:
        return {"password_change_required": True}
    if outcome is Outcome.FACTOR_DUE:
        return {"second_factor_required": True}
    return signed_in(challenge)


def signed_in(challenge: str) -> dict[str, Any]:
    """Where the browser goes on to."""
    return {"redirect_to": f"{browser.settings().url('/authorize/resume')}?{urlencode({'challenge': challenge})}"}
