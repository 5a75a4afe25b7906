"""The sign-in page's API: the portal shows the page, this service decides.

Each step is a transaction apart, because what it uses up (an image, a try, an initial password) stays used up
whatever the answer is.
"""

from typing import Any
from urllib.parse import urlencode

import structlog
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_identity import queries
from shenbao_identity.actions import sign_in, tries
from shenbao_identity.actions.sign_in import Outcome
from shenbao_identity.api import browser, guard
from shenbao_identity.api.schemas import ChallengeOut, CredentialsIn, NewPasswordIn, SignInOut
from shenbao_identity.domain import lockout

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
@blp.arguments(CredentialsIn)
@blp.response(200, SignInOut)
@public
def enter(body: dict[str, Any], challenge: str) -> dict[str, Any]:
    """Sign in with user name, password and image code."""
    now, username, address = clock.now(), body["username"], browser.address()
    if not guard.image_is_right(body["image_code_id"], body["image_code"], now=now):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    guard.count_sign_in(username, address, now=now)
    with own_transaction() as session:
        row = queries.challenge_open(session, challenge, now=now, lock=True)
        outcome = sign_in.with_password(session, row, username=username, password=body["password"], now=now)
        if outcome is not Outcome.REFUSED:
            tries.forget(session, lockout.name_key(username))
            tries.give_back(session, f"address:{address}")
    _log.info("sign_in", outcome=outcome.value)
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
        sign_in.with_new_password(session, row, new=body["new_password"], now=now)
    return _answer(Outcome.SIGNED_IN, challenge)


def _answer(outcome: Outcome, challenge: str) -> dict[str, Any]:
    if outcome is Outcome.REFUSED:
        raise RuleBroken("sign_in_refused")
    if outcome is Outcome.DISABLED:
        raise RuleBroken("account_disabled")
    if outcome is Outcome.CHANGE_DUE:
        return {"password_change_required": True}
    return {"redirect_to": f"{browser.settings().url('/authorize/resume')}?{urlencode({'challenge': challenge})}"}
