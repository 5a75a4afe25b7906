"""Nobody gives what he does not hold, raises himself, or takes over an account that may do more than his own."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed
from shenbao_identity.domain.account import grantable
from shenbao_identity.models import Account


def ensure_may_give(session: Session, permissions: Iterable[str], *, kind: str, actor: Actor) -> None:
    """Refuses ticks beyond what the actor may give to an account of this kind."""
    if beyond := set(permissions) - _grantable(session, kind, actor):
        raise NotAllowed("beyond_own_permissions", permissions=sorted(beyond))


def ensure_may_change(session: Session, account: Account, permissions: Iterable[str], *, actor: Actor) -> None:
    """Whoever may give a tick may take one away; what the account has already may stay whoever gave it."""
    added = set(permissions) - set(account.permissions)
    if added and account.id == actor.account_id:
        raise Conflict("own_account")
    ensure_may_give(session, added, kind=account.kind, actor=actor)


def ensure_not_stronger(session: Session, account: Account, *, actor: Actor) -> None:
    """A password that one sets is a password that one knows: refuses where it would open more than one may give."""
    if account.kind in {Kind.OFFICE, Kind.ADMIN} and account.id != actor.account_id:
        ensure_may_give(session, account.permissions, kind=account.kind, actor=actor)


def _grantable(session: Session, kind: str, actor: Actor) -> frozenset[str]:
    own = session.get(Account, actor.account_id)
    return grantable(actor, kind, administers=own is not None and own.administers)
