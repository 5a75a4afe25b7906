"""What came of one try to deliver."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST_WISH = timedelta(hours=1)
"""A receiver that asks to be left alone for longer is asked again after this."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """error: "" when it was taken; else a code that a person can act on. wish: what the receiver asked to wait.

    gone: it said that it wants nothing more (410).
    """

    error: str = ""
    wish: timedelta | None = None
    gone: bool = False


def of_status(status: int, retry_after: str | None = None) -> Outcome:
    """What a receiver's answer means; only 2xx takes the event, a redirect does not."""
    if 200 <= status < 300:
        return Outcome()
    wish = None
    if retry_after and retry_after.isdigit() and len(retry_after) < 8:
        wish = min(timedelta(seconds=int(retry_after)), LONGEST_WISH)
    return Outcome(f"http_{status}", wish, gone=status == 410)
