"""Changed ticks of an account; where two persons are wanted for that, by the second one (checklist 12)."""

from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed
from shenbao_identity.actions import news, powers
from shenbao_identity.domain.account import PERMISSIONS
from shenbao_identity.models import Account


def ordered(kind: str, permissions: list[str]) -> list[str]:
    return [known for known in PERMISSIONS[Kind(kind)] if known in permissions]


def change(session: Session, account: Account, permissions: list[str], *, actor: Actor, two_persons: bool) -> None:
    """At once, or as a proposal where it gives something; what is only taken away waits for nobody."""
    powers.ensure_may_change(session, account, permissions, actor=actor)
    given = sorted(set(permissions) - set(account.permissions))
    if given and two_persons:
        propose(session, account, permissions, actor=actor)
    elif set(permissions) != set(account.permissions):
        _apply(session, account, permissions, actor=actor)


def propose(session: Session, account: Account, permissions: list[str], *, actor: Actor) -> None:
    """Waits for somebody else; a later proposal takes its place."""
    asked = ordered(account.kind, permissions)
    account.proposed = {"permissions": asked, "by": str(actor.account_id)}
    audit.record(
        session, "ticks_proposed", actor=actor, person_id=account.id, subject=account.id, given=asked, taken=[]
    )


def decide(session: Session, account: Account, *, accept: bool, actor: Actor) -> None:
    """Refuses `nothing_proposed`; an acceptance by who proposed `second_person_required`, by the holder `own_account`.

    Whoever proposed may take it back.
    """
    if account.proposed is None:
        raise Conflict("nothing_proposed")
    permissions, proposer = account.proposed["permissions"], UUID(account.proposed["by"])
    account.proposed = None
    if not accept:
        audit.record(session, "ticks_declined", actor=actor, person_id=account.id, subject=account.id)
        return
    if proposer == actor.account_id:
        raise NotAllowed("second_person_required")
    powers.ensure_may_change(session, account, permissions, actor=actor)
    _apply(session, account, permissions, actor=actor)


def _apply(session: Session, account: Account, permissions: list[str], *, actor: Actor) -> None:
    before, after = set(account.permissions), set(permissions)
    given, taken = sorted(after - before), sorted(before - after)
    audit.record(
        session, "ticks_changed", actor=actor, person_id=account.id, subject=account.id, given=given, taken=taken
    )
    account.permissions = ordered(account.kind, permissions)
    account.proposed = None
    news.tell(session, account)
