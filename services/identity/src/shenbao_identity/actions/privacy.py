"""What is done about a person's data on purpose and with a reason: found, shown whole, erased (B-26)."""

from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.identity import PersonErasedV1
from shenbao_common.data import audit
from shenbao_common.data.of_person import ERASED
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_identity import queries
from shenbao_identity.actions import own_deletion
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account

REASONS = ("request", "correction", "complaint", "court", "retention")
"""Why somebody looks at a person's data or ends it, for the audit trail."""


def find(session: Session, named: str, *, actor: Actor, reason: str) -> Account | None:
    """The person with this document number or mobile, by blind index; the search is in the person's trail."""
    found = queries.person_named(session, named)
    if found is None or found.personal == ERASED or found.kind != Kind.PERSON:
        return None
    audit.record(session, "searched", actor=actor, person_id=found.id, subject=found.id, purpose=reason)
    return found


def reveal(session: Session, account_id: UUID, field: str, *, actor: Actor, reason: str) -> str:
    """One field whole, where lists and pages show it masked."""
    account = _person(session, account_id)
    value = account.personal.get(field)
    if account.state == State.DELETED or not value:
        raise NotFound
    audit.record(
        session, "revealed", actor=actor, person_id=account.id, subject=account.id, purpose=reason, field=field
    )
    return str(value)


def erase(session: Session, account_id: UUID, *, actor: Actor, reason: str) -> None:
    """Ends the account and every way to find or enter it; the caller destroys the key once this is committed.

    Again for one who is erased already: nothing, so that a destruction which failed can be made up for.
    """
    account = _person(session, account_id)
    if account.state == State.DELETED:
        return
    own_deletion.end(session, account)
    outbox.record(session, PersonErasedV1(account_id=account.id))
    audit.record(session, "erased", actor=actor, person_id=account.id, subject=account.id, purpose=reason)


def _person(session: Session, account_id: UUID) -> Account:
    found = session.get(Account, account_id, with_for_update=True)
    if found is None or found.kind != Kind.PERSON:
        raise NotFound
    return found
