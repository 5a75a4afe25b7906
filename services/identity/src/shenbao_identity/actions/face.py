"""Face authentication: begun in a session for a purpose, confirmed by the authentication app, used once."""

import secrets
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound
from shenbao_identity import queries
from shenbao_identity.domain import face
from shenbao_identity.models import Account, FaceSession


def begin(session: Session, account_id: UUID, *, sid: UUID, purpose: str, now: datetime) -> tuple[FaceSession, str]:
    """A new session with the secret code that its QR image shows."""
    code = secrets.token_urlsafe(24)
    row = FaceSession(
        account_id=account_id,
        browser_session_id=sid,
        purpose=purpose,
        code_hash=queries.digest(code),
        state="created",
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row, code


def own(session: Session, face_id: UUID, *, account_id: UUID, sid: UUID, lock: bool = False) -> FaceSession:
    """To anybody else, and in any other session, it does not exist."""
    row = session.get(FaceSession, face_id, with_for_update=lock)
    if row is None or (row.account_id, row.browser_session_id) != (account_id, sid):
        raise NotFound
    return row


def confirm(session: Session, code: str, *, id_number: str, passed: bool, now: datetime) -> FaceSession:
    """What the authentication app found out about whoever scanned the code; the code takes one answer, in time.

    The face of somebody else is a failure, whatever the app says.
    """
    found = select(FaceSession).where(FaceSession.code_hash == queries.digest(code))
    row = session.scalar(found.with_for_update())
    if row is None:
        raise NotFound
    if row.state != "created":
        raise Conflict("face_code_used")
    if face.is_over(row.created_at, now):
        raise Conflict("face_code_expired")
    known = str(session.get_one(Account, row.account_id).personal.get("id_number", ""))
    same = bool(known) and compare_digest(known.encode(), id_number.upper().encode())
    row.state, row.passed_at = ("passed", now) if passed and same else ("failed", None)
    return row


def use(session: Session, account_id: UUID, *, sid: UUID, purpose: str, now: datetime) -> FaceSession:
    """Takes the session's passed authentication for this purpose; refuses with face_auth_required."""
    wanted = select(FaceSession).where(
        FaceSession.account_id == account_id,
        FaceSession.browser_session_id == sid,
        FaceSession.purpose == purpose,
        FaceSession.state == "passed",
        FaceSession.passed_at >= now - face.TICKET,
    )
    row = session.scalar(wanted.order_by(FaceSession.created_at.desc()).limit(1).with_for_update())
    if row is None:
        raise NotAllowed("face_auth_required")
    row.state = "used"
    return row
