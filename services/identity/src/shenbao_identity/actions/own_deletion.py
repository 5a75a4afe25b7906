"""A person's account ends: by its holder, as long as nothing was reported (S4h-10), or erased with a reason."""

from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.identity import AccountDeletedV1
from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict
from shenbao_identity import queries
from shenbao_identity.actions import factors, news, sessions
from shenbao_identity.domain.account import PasswordState, State
from shenbao_identity.models import Account, UpstreamIdentity
from shenbao_identity.models.messages import Message

_ACCOUNT = cast(Table, Account.__table__)
_OF_FILLER = (_ACCOUNT.c.id == bindparam("filler_id")) & (_ACCOUNT.c.kind == Kind.PERSON)
# Made once, and said only once of each: every report of a unit's officer comes by here too.
_NOTE_REPORT = update(_ACCOUNT).where(_OF_FILLER, ~_ACCOUNT.c.has_reported).values(has_reported=True)


def note_report(session: Session, filler_id: UUID) -> None:
    """From here on the declaration is an office's business too, and the account stays."""
    session.execute(_NOTE_REPORT, {"filler_id": filler_id})


def delete_own(session: Session, actor: Actor) -> None:
    """Refuses `has_reported`; drafts go with the account, in the services that have them."""
    account = queries.account_to_change(session, actor.account_id)
    if account.has_reported:
        raise Conflict("has_reported")
    end(session, account)
    audit.record(session, "deleted_own_account", actor=actor, person_id=account.id, subject=account.id)


def end(session: Session, account: Account) -> None:
    """Nobody finds or enters it any more; the caller destroys the person's key once this is committed."""
    account.state, account.username_key = State.DELETED, None
    account.id_number_index = account.mobile_index = account.password_hash = None
    account.password_state, account.former_hashes, account.personal = PasswordState.NONE, [], {}
    factors.forget(session, account)
    session.execute(delete(Message).where(Message.account_id == account.id))
    session.execute(delete(UpstreamIdentity).where(UpstreamIdentity.account_id == account.id))
    sessions.end_all(session, account.id)
    news.tell(session, account)
    account.revision += 1
    outbox.record(session, AccountDeletedV1(account_id=account.id), revision=account.revision)
