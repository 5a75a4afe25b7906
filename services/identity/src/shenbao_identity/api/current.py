"""Is a token still good? identity asks its own tables, where the other services ask their copies."""

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account, BrowserSession


def ensure_current(session: Session, actor: Actor) -> None:
    """Refuses tokens of accounts that are gone or disabled, of sign-ins that ended, and outdated ones."""
    if actor.kind == Kind.SERVICE:
        return
    account = session.get(Account, actor.account_id)
    expected = State.RESERVED if actor.kind == Kind.REGISTRANT else State.ACTIVE
    if account is None or account.state in {State.DISABLED, State.DELETED}:
        raise Unauthenticated("account_disabled")
    if actor.revision < account.revision or account.state != expected:
        raise Unauthenticated("token_outdated")
    if actor.session_id and session.get(BrowserSession, actor.session_id) is None:
        raise Unauthenticated("session_over")
