"""SMS codes (短信验证码): six digits to a mobile, one use, five minutes, few tries, few a day."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Problem, ensure
from shenbao_identity import queries
from shenbao_identity.actions import messages
from shenbao_identity.domain import persons
from shenbao_identity.models import SmsCode
from shenbao_identity.settings import Policy

TRIES = 5
A_DAY = 10
PAUSE = timedelta(minutes=1)
_TEXT = "【申报服务平台】验证码 {code}，{minutes} 分钟内有效。如非本人操作，请忽略。"


def wait(session: Session, mobile: str, *, now: datetime) -> int:
    """For how many seconds no further code goes to this mobile; 0 when one may go now."""
    index = queries.mobile_index(session, mobile)
    # Of two who ask at the same moment the second sees the first one's code.
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(index[:7]))))
    day = select(SmsCode.sent_at).where(SmsCode.mobile_index == index, SmsCode.sent_at > now - timedelta(days=1))
    sent = session.scalars(day.order_by(SmsCode.sent_at.desc()).limit(A_DAY)).all()
    free_at = [sent[0] + PAUSE] if sent else []
    if len(sent) == A_DAY:
        free_at.append(sent[-1] + timedelta(days=1))
    return max((int((moment - now).total_seconds()) + 1 for moment in free_at if moment > now), default=0)


def send(session: Session, mobile: str, *, policy: Policy, now: datetime) -> SmsCode:
    """A new code on its way to the mobile."""
    ensure(persons.mobile_problems(mobile))
    lives = timedelta(minutes=policy.sms_code_minutes)
    row = SmsCode(
        id=uuid4(),
        mobile_index=queries.mobile_index(session, mobile),
        code=f"{secrets.randbelow(1_000_000):06d}",
        sent_at=now,
        expires_at=now + lives,
    )
    session.add(row)
    text = _TEXT.format(code=row.code, minutes=policy.sms_code_minutes)
    messages.send_code(session, mobile, text, now=now, lives=lives)
    return row


def take(session: Session, code_id: UUID, code: str, *, mobile: str, now: datetime) -> bool:
    """Whether this is the code sent to this mobile; used up when it is, after five wrong tries too.

    Runs in a transaction apart.
    """
    row = session.get(SmsCode, code_id, with_for_update=True)
    if row is None or row.used or row.expires_at <= now or row.tries >= TRIES:
        return False
    row.tries += 1
    same_mobile = row.mobile_index == queries.mobile_index(session, mobile)
    row.used = same_mobile and compare_digest(row.code.encode(), code.strip().encode())
    return row.used


def problems(right: bool) -> list[Problem]:
    return [] if right else [Problem("sms_code_wrong", "sms_code")]
