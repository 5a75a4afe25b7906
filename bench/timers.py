"""Ten thousand timers due at once: each fired once, by two workers."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
import structlog

from bench.queue import reviewing
from shenbao_common.testing.service import UnderTest
from shenbao_review import worker
from shenbao_review.models import LogEntry, Timer

TIMERS, BODY = 10_000, UUID(int=10_000)
_WIND = """
INSERT INTO timer (timer_id, kind, subject_id, due_at)
SELECT gen_random_uuid(), 'step_reminder', step_id, timestamptz '2014-01-01' FROM step WHERE state = 'open'
ORDER BY step_id LIMIT :number
"""


def measure() -> list[tuple[str, str, str, bool]]:
    """Reminders of open steps: each writes a line of its case's log, so a second firing would show."""
    with reviewing({TIMERS * 10 // 9 + 10: BODY}) as review, structlog.testing.capture_logs():
        with review.service.engine.begin() as connection:
            connection.execute(sa.text(_WIND), {"number": TIMERS})
        began = time.perf_counter()
        workers = [threading.Thread(target=_work(review)) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        seconds = time.perf_counter() - began
        with review.sessions() as session:
            fired = session.scalar(sa.select(sa.func.count()).where(Timer.fired_at.is_not(None)))
            cases = sa.func.count(sa.distinct(LogEntry.application_id))
            lines, reminded = session.execute(sa.select(sa.func.count(), cases).select_from(LogEntry)).one()
    if (fired, lines, reminded) != (TIMERS, TIMERS, TIMERS):
        raise AssertionError((fired, lines, reminded))
    return [("review: 10,000 timers due at once, two workers", f"{seconds:.1f} s", "<= 30 s", seconds <= 30)]


def _work(review: UnderTest) -> Callable[[], None]:
    def until_done() -> None:
        while worker.piece(review.service.sessions, lambda: datetime.now(UTC)):
            pass

    return until_done
