"""Signing in to a challenge with user name and password."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict
from shenbao_identity import queries
from shenbao_identity.actions import credentials
from shenbao_identity.domain.account import PASSWORD_ASSURANCE, PasswordState, State
from shenbao_identity.models import Account, Challenge


class Outcome(StrEnum):
    """refused says the same of a wrong name, a wrong password and a name that is only reserved."""

    REFUSED = "refused"
    DISABLED = "disabled"
    CHANGE_DUE = "change_due"
    SIGNED_IN = "signed_in"


def with_password(session: Session, challenge: Challenge, *, username: str, password: str, now: datetime) -> Outcome:
    """Checks the credentials; that an account is disabled is told only to one who knows its password (S4g-29)."""
    account = queries.account_named(session, username)
    if not credentials.is_right(account, password) or account is None or account.state == State.RESERVED:
        return Outcome.REFUSED
    if account.state != State.ACTIVE:
        return Outcome.DISABLED
    if account.password_state == PasswordState.INITIAL:
        return _with_initial_password(session, challenge, account)
    challenge.account_id = account.id
    credentials.rehash_if_weak(account, password)
    finish(challenge, acr=PASSWORD_ASSURANCE, now=now)
    return Outcome.SIGNED_IN


def _with_initial_password(session: Session, challenge: Challenge, account: Account) -> Outcome:
    """Works once, also when it is sent twice at the same moment."""
    session.refresh(account, with_for_update=True)
    if account.password_state != PasswordState.INITIAL:
        return Outcome.REFUSED
    credentials.use_up_initial(account)
    challenge.account_id, challenge.stage = account.id, "password_change"
    return Outcome.CHANGE_DUE


def with_new_password(session: Session, challenge: Challenge, *, new: str, now: datetime) -> None:
    """The forced change after an initial password; ends in the sign-in (S4g-30)."""
    if challenge.stage != "password_change" or challenge.account_id is None:
        raise Conflict("no_password_change_due")
    account = queries.account_to_change(session, challenge.account_id)
    if account.state != State.ACTIVE or account.password_state != PasswordState.USED:
        # Meanwhile disabled, reset again, or changed elsewhere.
        raise Conflict("no_password_change_due")
    credentials.replace(account, new, path="new_password")
    finish(challenge, acr=PASSWORD_ASSURANCE, now=now)


def finish(challenge: Challenge, *, acr: str, now: datetime) -> None:
    challenge.stage, challenge.acr, challenge.auth_time = "signed_in", acr, now


def username_of(session: Session, challenge: Challenge) -> str | None:
    account = session.get(Account, challenge.account_id) if challenge.account_id else None
    return account.username if account else None
