"""A typical write, reporting an application, against a bare view with as many writes in one commit.

Both run on the same gunicorn settings and the same PostgreSQL, and are asked by the same client in turns; the median of
the rounds' ratios counts, so that a machine with other work to do slows both alike.
"""

import json
import statistics
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
import structlog

from bench.declaring import OPERATOR, PROGRAMME, Declaring, declaring
from bench.served import Ask, as_bare, keys, rate, served, writes_of
from shenbao_common.testing.service import token

LIMIT = 0.5
UNITS, EACH, ROUNDS = 10, 12, 7

_MOVED = "id, status, round, revision, reported_at"


def measure() -> list[tuple[str, str, str, bool]]:
    """Requests per second of both, and their ratio."""
    with keys() as address, structlog.testing.capture_logs(), declaring(address) as here:
        ready = _ready(here)
        writes = writes_of(here.service, ready.pop())
        with (
            served("shenbao_applications.app:create_app()", here.env) as ours,
            served("bench.served:bare()", here.env) as bare,
        ):
            rounds = list(_rounds(here.service.service.engine, (ours, ready), (bare, as_bare(ready, writes))))
    ratio = statistics.median(mine / theirs for mine, theirs in rounds)
    rates = "/".join(f"{statistics.median(side):.0f}" for side in zip(*rounds, strict=True))
    what = f"applications: a report against a bare view ({writes.inserts} inserts, {writes.updates} updates)"
    return [(what, f"{ratio:.2f} ({rates} per s)", f">= {LIMIT:.2f}", ratio >= LIMIT)]


def _ready(here: Declaring) -> list[Ask]:
    """Complete applications of several units, made through the public API, as requests that report them."""
    version, asks = here.publish(PROGRAMME), list[Ask]()
    project, body = here.project(here.department, "determination_primary"), json.dumps(OPERATOR).encode()
    for number in range(UNITS):
        unit = here.unit()
        headers = {"Authorization": f"Bearer {token(unit, seconds=3600)}", "Content-Type": "application/json"}
        for serial in range(number * EACH + 1, (number + 1) * EACH + 1):
            given = {"project_id": project, "sections": here.sections(unit, serial, version)}
            made = here.done(unit, "/v1/applications", given)
            asks.append(Ask("POST", f"/v1/applications/{made['id']}/report", headers, body))
    return asks


def _rounds(
    engine: sa.Engine, ours: tuple[int, Sequence[Ask]], bare: tuple[int, Sequence[Ask]]
) -> Iterator[tuple[float, float]]:
    """Requests per second of each round; the first one warms both up and does not count."""
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE bench_ready AS SELECT {_MOVED} FROM application"))
        connection.execute(sa.text("CREATE TABLE bench_entry (id uuid PRIMARY KEY, a text)"))
    for number in range(ROUNDS + 1):
        rates = rate(*ours), rate(*bare)
        _made_ready_again(engine)
        if number:
            yield rates


def _made_ready_again(engine: sa.Engine) -> None:
    """Takes the reports back, so that the next round reports the same applications for the first time."""
    back = "status = r.status, round = r.round, revision = r.revision, reported_at = r.reported_at"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (
            "TRUNCATE snapshot, outbox, request_key",
            f"UPDATE application AS a SET {back} FROM bench_ready AS r WHERE a.id = r.id",
            "TRUNCATE bench_entry",
            "VACUUM ANALYZE",
        ):
            connection.execute(sa.text(statement))
