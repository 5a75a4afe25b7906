"""One decision for 5,000 cases (B-07)."""

import time
from typing import Any
from uuid import UUID

import structlog

from bench.queue import reviewing
from shenbao_common.testing.actors import office_actor
from shenbao_review import worker

CASES = 5_556
"""One in ten is decided already, so that 5,000 wait."""

BODY = UUID(int=5_000)


def measure() -> list[tuple[str, str, str, bool]]:
    """From the request to the last decision, by one worker."""
    with reviewing({CASES: BODY}) as review, structlog.testing.capture_logs():
        client = review.client(office_actor(BODY))
        begun = time.perf_counter()
        batch: Any = client.post("/v1/batches", json={"action": "pass"}).json
        while worker.piece(review.service.sessions):
            pass
        seconds = time.perf_counter() - begun
        done: Any = client.get(f"/v1/batches/{batch['batch_id']}").json
    if (done["state"], done["decided"]) != ("finished", 5000):
        raise AssertionError(done)
    return [("review: a batch of 5,000 decisions, one worker", f"{seconds:.1f} s", "<= 20 s", seconds <= 20)]
