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
    if state == "created" and is_over(created_at, now):
        return "expired"
    if state == "passed" and passed_at and now - passed_at > TICKET:
        return "expired"
    return state
