"""Ten thousand timers due at once: each fired once, by two worker processes."""

import multiprocessing
import time
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from uuid import UUID

import sqlalchemy as sa
import structlog

from bench.queue import reviewing
from shenbao_common.testing.service import UnderTest, environment
from shenbao_review import worker
from shenbao_review.app import create_app
from shenbao_review.models import LogEntry, Timer
from shenbao_review.settings import Settings

TIMERS, BODY, WORKERS = 10_000, UUID(int=10_000), 2
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
        seconds = _fired_by_processes(review)
        with review.sessions() as session:
            fired = session.scalar(sa.select(sa.func.count()).where(Timer.fired_at.is_not(None)))
            cases = sa.func.count(sa.distinct(LogEntry.application_id))
            lines, reminded = session.execute(sa.select(sa.func.count(), cases).select_from(LogEntry)).one()
    if (fired, lines, reminded) != (TIMERS, TIMERS, TIMERS):
        raise AssertionError((fired, lines, reminded))
    return [("review: 10,000 timers due at once, two worker processes", f"{seconds:.1f} s", "<= 30 s", seconds <= 30)]


def _fired_by_processes(review: UnderTest) -> float:
    """Seconds from when both are ready until neither finds anything more."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(WORKERS + 1)
    arguments = (str(review.service.settings.database_url), ready)
    workers = [spawn.Process(target=_work, args=arguments) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    ready.wait(60)
    began = time.perf_counter()
    for one in workers:
        one.join()
    return time.perf_counter() - began


def _work(database_url: str, ready: Barrier) -> None:
    sessions = create_app(Settings.of("review", environment("review", database_url, {}))).extensions["shenbao"].sessions
    with structlog.testing.capture_logs():
        ready.wait(60)
        while worker.piece(sessions, lambda: datetime.now(UTC)):
            pass
