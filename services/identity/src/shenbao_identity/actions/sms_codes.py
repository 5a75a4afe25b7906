"""SMS codes (短信验证码): to a mobile, for some minutes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Problem, ensure
from shenbao_identity import queries
from shenbao_identity.actions import codes, messages
from shenbao_identity.domain import persons
from shenbao_identity.models import SmsCode
from shenbao_identity.settings import Policy

_TEXT = "【申报服务平台】验证码 {code}，{minutes} 分钟内有效。如非本人操作，请忽略。"


def wait(session: Session, mobile: str, *, now: datetime) -> int:
    """For how many seconds no further code goes to this mobile; 0 when one may go now."""
    return codes.wait(session, queries.mobile_index(session, mobile), now=now)


def send(session: Session, mobile: str, *, policy: Policy, now: datetime) -> SmsCode:
    """A new code on its way to the mobile."""
    ensure(persons.mobile_problems(mobile))
    lives = timedelta(minutes=policy.sms_code_minutes)
    row = codes.keep(session, queries.mobile_index(session, mobile), codes.random(), now=now, lives=lives)
    text = _TEXT.format(code=row.code, minutes=policy.sms_code_minutes)
    messages.send_code(session, "sms", {"to": mobile, "text": text}, now=now, lives=lives)
    return row


def take(session: Session, code_id: UUID, code: str, *, mobile: str, now: datetime) -> bool:
    """Whether this is the code sent to this mobile."""
    return codes.take(session, code_id, code, index=queries.mobile_index(session, mobile), now=now)


def problems(right: bool) -> list[Problem]:
    return [] if right else [Problem("sms_code_wrong", "sms_code")]
