"""A province at work: a million cases before two thousand offices; what an officer's first look costs (C3: queue)."""

import statistics
import time
from hashlib import md5
from uuid import UUID

import sqlalchemy as sa
import structlog

from bench.queue import reviewing
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest

CASES, OFFICES, LARGE = 1_000_000, 2_000, 20_000
"""One office has 20,000 of them, as a capital's department has; the others share the rest evenly."""

ASKED = 40
P95 = 0.050

# One in ten is decided; each case came a second after the other.
_CASES = """
INSERT INTO review_case (application_id, reference, programme, programme_version, project_id, variant, tier,
    unit_id, department_id, filler_id, operator_id, submitted_at, round, first_round, revision, state, routed,
    moved_at, version)
SELECT CAST(md5('case ' || n) AS uuid), '2014-' || lpad(n::text, 7, '0'), 'example', 1, CAST(:unit AS uuid), 'primary',
    'primary', CAST(:unit AS uuid), CAST(md5('office ' || office) AS uuid), CAST(:unit AS uuid), CAST(:unit AS uuid),
    at, 1, 1, 1, CASE WHEN n % 10 = 0 THEN 'passed' ELSE 'in_review' END, true, at, 1
FROM (
    SELECT n, timestamptz '2014-01-01' + n * interval '1 second' AS at,
        CASE WHEN n <= :large THEN 0 ELSE 1 + n % (:offices - 1) END AS office
    FROM generate_series(1, :cases) AS n
) AS made
"""
_STEPS = """
INSERT INTO step (step_id, application_id, round, stage, key, name_zh, name_en, body_id, body_name, actions,
    opinion_required, state, opened_at, escalate)
SELECT gen_random_uuid(), application_id, 1, 1, 'review', '审核', 'Review', department_id, 'D', '{pass,return}',
    '{return}', CASE state WHEN 'in_review' THEN 'open' ELSE state END, moved_at, false FROM review_case
"""
_QUEUE = """
INSERT INTO queue_entry (body_id, application_id, tab, since, project_id, reference, overdue)
SELECT department_id, application_id, CASE state WHEN 'in_review' THEN 'open' ELSE state END, moved_at, project_id,
    reference, false FROM review_case
"""


def measure() -> list[tuple[str, str, str, bool]]:
    """The page and the tab counts of the large office and of others in turns, by the p95 of all requests."""
    with reviewing({}) as review, structlog.testing.capture_logs():
        _fill(review)
        asked = [0] * ASKED + list(range(1, ASKED + 1))
        offices = [UUID(md5(f"office {number}".encode(), usedforsecurity=False).hexdigest()) for number in asked]
        return [_row(review, offices, path, what) for path, what in _LOOKS.items()]


_LOOKS = {"/v1/cases?tab=open": "first page", "/v1/cases/counts": "tab counts"}


def _row(review: UnderTest, offices: list[UUID], path: str, what: str) -> tuple[str, str, str, bool]:
    times = []
    for office in offices:
        client = review.client(office_actor(office))
        began = time.perf_counter()
        answer = client.get(path)
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise AssertionError(answer.json)
    p95 = statistics.quantiles(times, n=20)[-1]
    title = f"review: {what} among 1,000,000 cases of 2,000 offices, p95"
    return (title, f"{p95 * 1000:.1f} ms", f"<= {P95 * 1000:.0f} ms", p95 <= P95)


def _fill(review: UnderTest) -> None:
    values = {"unit": UUID(int=7), "cases": CASES, "offices": OFFICES, "large": LARGE}
    with review.service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text(_CASES), values)
        connection.execute(sa.text(_STEPS))
        connection.execute(sa.text(_QUEUE))
        connection.execute(sa.text("VACUUM ANALYZE"))
