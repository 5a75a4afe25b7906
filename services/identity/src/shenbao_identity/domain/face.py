"""Face authentication (人脸识别): a code for 179 seconds, by the clock of the server (S2-05)."""

from datetime import datetime, timedelta

CODE = timedelta(seconds=179)
TICKET = timedelta(seconds=179)
"""After it has passed, for how long it may be used."""
PURPOSES = ("shared_data", "submission")


def is_over(created_at: datetime, now: datetime) -> bool:
    return now - created_at > CODE


def state_of(state: str, created_at: datetime, passed_at: datetime | None, now: datetime) -> str:
    """As the person sees it: created, passed, failed, used, or expired."""
    if state in {"created", "passed"} and now > _ends_at(created_at, passed_at):
        return "expired"
    return state


def seconds_left(created_at: datetime, passed_at: datetime | None, now: datetime) -> int:
    """Of the code until it has passed, then of its use."""
    return max(0, int((_ends_at(created_at, passed_at) - now).total_seconds()))


def _ends_at(created_at: datetime, passed_at: datetime | None) -> datetime:
    return passed_at + TICKET if passed_at else created_at + CODE
