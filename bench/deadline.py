"""The last hour before a deadline: 20,000 drafts are there, and submissions come by the clock, in bursts too.

They come whether the ones before are answered or not, and what one waits counts from when it was to come. With
BENCH_DEADLINE_SECONDS the run is shortened; its rows say so.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import sqlalchemy as sa

from bench.journeys import form_of
from bench.suite import Declarer, declarer
from shenbao_stack.job import OPERATOR

DRAFTS = 20_000
STEADY, BURST = 15, 60
SECONDS, BURST_SECONDS, BURSTS = 600, 30, 2
LIMIT = 2.0
_CLIENTS = 64

Row = tuple[str, str, str, bool]

# Drafts of other people like the one that was made through the API; who they are stands in no column that is read.
_DRAFTS = """
INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status, round,
    revision, version, sections, headline, name_index, number_index, print_hash, created_at, saved_at)
SELECT gen_random_uuid(), '2014-' || lpad(n::text, 7, '0'), project_id, version_id, programme, variant, unit_id,
    filler_id, status, round, revision, version, sections, headline, name_index,
    sha256(CAST('number ' || n AS bytea)), print_hash, created_at, saved_at
FROM application, generate_series(1, :number) AS n WHERE id = :like
"""


def measure() -> list[Row]:
    """From when a submission was to come to its receipt in hand."""
    seconds = int(os.environ.get("BENCH_DEADLINE_SECONDS", SECONDS))
    burst = min(BURST_SECONDS, seconds // 6)
    with declarer() as here:
        drafts = _drafts(here)
        moments = list(_moments(seconds, burst))
        with ThreadPoolExecutor(_CLIENTS) as pool:
            answered = _run(here, pool, moments, drafts)
    waits = [wait for wait in answered if wait is not None]
    failures = len(answered) - len(waits)
    what = f"applications: {seconds} s of {STEADY} submissions/s, {BURSTS} bursts of {BURST}/s for {burst} s"
    p99 = statistics.quantiles(waits, n=100)[-1]
    half = statistics.median(waits)
    return [
        (f"{what}, failures of {len(moments):,}", str(failures), "0", failures == 0),
        (f"{what}, receipt p99 (median {half * 1000:.0f} ms)", f"{p99:.2f} s", f"<= {LIMIT:.0f} s", p99 <= LIMIT),
    ]


def _moments(seconds: int, burst: int) -> Iterator[float]:
    """When each is to come; the bursts begin after a third and after two thirds."""
    at = 0.0
    while at < seconds:
        yield at
        rushed = any(seconds * n / 3 <= at < seconds * n / 3 + burst for n in range(1, BURSTS + 1))
        at += 1 / (BURST if rushed else STEADY)


def _drafts(here: Declarer) -> list[UUID]:
    """As many as there are before a deadline, complete and not reported."""
    begun = {"project_id": here.project["id"], "sections": form_of(0, here.receipt)}
    made, _ = here.ask("POST", "/v1/applications", begun)
    engine = sa.create_engine((here.stack.plan.database_urls or {})["applications"])
    with engine.begin() as connection:
        connection.execute(sa.text(_DRAFTS), {"number": DRAFTS, "like": made["id"]})
    with engine.connect() as connection:
        connection.execute(sa.text("COMMIT"))
        connection.execute(sa.text("ANALYZE application"))
        found = list(connection.scalars(sa.text("SELECT id FROM application WHERE reference LIKE '2014-%'")))
    engine.dispose()
    return found


def _run(here: Declarer, pool: ThreadPoolExecutor, moments: list[float], drafts: list[UUID]) -> list[float | None]:
    """What each waited in seconds; nothing where one failed."""
    began = time.perf_counter()

    def submit(moment: float, draft: UUID) -> float | None:
        try:
            here.ask("POST", f"/v1/applications/{draft}/report", OPERATOR)
            here.ask("GET", f"/v1/applications/{draft}/receipt")
        except (AssertionError, OSError) as failed:
            print(failed, file=sys.stderr)
            return None
        return time.perf_counter() - began - moment

    coming = []
    for moment, draft in zip(moments, drafts, strict=False):
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        coming.append(pool.submit(submit, moment, draft))
    return [one.result() for one in coming]
