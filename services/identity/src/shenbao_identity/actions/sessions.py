"""Sign-ins end: here with their refresh tokens and codes, and everywhere with the access tokens that came of them."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.identity import SessionEndedV1
from shenbao_identity.models import BrowserSession


def end(session: Session, *which: ColumnElement[bool]) -> None:
    """Ends those sign-ins; the services refuse what tokens of them somebody has kept."""
    ended = delete(BrowserSession).where(*which).returning(BrowserSession.account_id, BrowserSession.id)
    for account_id, session_id in session.execute(ended).all():
        outbox.record(session, SessionEndedV1(account_id=account_id, session_id=session_id))


def end_all(session: Session, account_id: UUID, *, keep: UUID | None = None) -> None:
    """Ends the account's sign-ins but for the one that is kept."""
    others = [BrowserSession.id != keep] if keep else []
    end(session, BrowserSession.account_id == account_id, *others)
