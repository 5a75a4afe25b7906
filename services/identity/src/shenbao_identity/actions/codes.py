"""Codes that prove whose a mobile or mail address is: six digits, one use, few tries, few a day."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shenbao_identity.models import SmsCode

TRIES = 5
A_DAY = 10
PAUSE = timedelta(minutes=1)


def random() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def wait(session: Session, index: bytes, *, now: datetime) -> int:
    """For how many seconds no further code goes to whom this is the blind index of; 0 when one may go now."""
    # Of two who ask at the same moment the second sees the first one's code.
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(index[:7]))))
    day = select(SmsCode.sent_at).where(SmsCode.mobile_index == index, SmsCode.sent_at > now - timedelta(days=1))
    sent = session.scalars(day.order_by(SmsCode.sent_at.desc()).limit(A_DAY)).all()
    free_at = [sent[0] + PAUSE] if sent else []
    if len(sent) == A_DAY:
        free_at.append(sent[-1] + timedelta(days=1))
    return max((int((moment - now).total_seconds()) + 1 for moment in free_at if moment > now), default=0)


def keep(session: Session, index: bytes, code: str, *, now: datetime, lives: timedelta) -> SmsCode:
    row = SmsCode(id=uuid4(), mobile_index=index, code=code, sent_at=now, expires_at=now + lives)
    session.add(row)
    return row


def take(session: Session, code_id: UUID, code: str, *, index: bytes, now: datetime) -> bool:
    """Whether this is the code sent to whom this is the index of; used up when it is, after five wrong tries too.

    Runs in a transaction apart.
    """
    row = session.get(SmsCode, code_id, with_for_update=True)
    if row is None or row.used or row.expires_at <= now or row.tries >= TRIES:
        return False
    row.tries += 1
    row.used = row.mobile_index == index and compare_digest(row.code.encode(), code.strip().encode())
    return row.used
