"""Lists and tab counts of applications for all who have one: with a million of them, and with ten thousand."""

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import md5
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient

from bench.declaring import PROGRAMME, Declaring, declaring
from shenbao_applications.domain.tabs import TABS
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import admin_actor, office_actor, sub_account_actor, unit_actor

SMALL, LARGE = 10_000, 1_000_000
OF_A_UNIT, OF_A_DEPARTMENT = 500, 5_000
P95, TIMES = 0.050, 1.5
ROUNDS = 60

Row = tuple[str, str, str, bool]
Times = dict[tuple[str, str], list[float]]
"""Seconds by who asks and what is asked for."""

_UNITS = """
INSERT INTO unit (id, name, department_id, revision)
SELECT CAST(md5('unit ' || n) AS uuid), '示例科技有限公司' || n, CAST(md5('department ' || n % :departments) AS uuid), 0
FROM generate_series(0, :units - 1) AS n
"""
# Of a thousand five were returned, twenty-six are at their units and twenty under review; the rest is decided.
_APPLICATIONS = """
INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status, round,
    revision, version, sections, headline, name_index, number_index, print_hash, created_at, saved_at)
SELECT CAST(lpad(to_hex(1400000000000 + n * 100000), 12, '0') || '70008' || substr(hash, 1, 15) AS uuid),
    '2014-' || lpad(n::text, 7, '0'), project_id, version_id, programme, variant,
    CAST(md5('unit ' || n % :units) AS uuid), CAST(md5('filler ' || n % :units) AS uuid),
    made.status, CAST(made.status NOT IN ('draft', 'ready_to_report') AS int),
    revision, version, sections, headline, sha256(CAST('name ' || n AS bytea)), sha256(CAST('number ' || n AS bytea)),
    print_hash, created_at, saved_at
FROM application, (
    SELECT n, hash, CASE WHEN part < 5 THEN 'returned' WHEN part < 20 THEN 'draft' WHEN part < 31 THEN 'ready_to_report'
        WHEN part < 51 THEN 'in_review' WHEN part < 100 THEN 'rejected' ELSE 'approved' END AS status
    FROM (
        SELECT n, md5(n::text) AS hash, abs(hashint8(n)) % 1000 AS part
        FROM generate_series(CAST(1 AS bigint), :number) AS n
    ) AS one
) AS made
WHERE reference = :like
"""
_STEPS = """
INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)
SELECT gen_random_uuid(), a.id, place.key, 1, place.id, place.key,
    CASE a.status WHEN 'returned' THEN 'returned' WHEN 'in_review' THEN 'open' ELSE 'passed' END
FROM application AS a JOIN unit ON unit.id = a.unit_id,
    LATERAL (VALUES ('supervising_department_review', unit.department_id), ('hr_review', :bureau)) AS place (key, id)
WHERE a.round = 1
"""
# What triggers do otherwise, one row at a time.
_RECEIVED = """
INSERT INTO received (application_id, organisation_id, status)
SELECT a.id, step.organisation_id, a.status FROM application AS a JOIN step ON step.application_id = a.id
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('application', 'step', 'received')
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def measure() -> list[Row]:
    """Every list's first page and counts, asked for in turns of both sizes, so that both meet the same load."""
    with _applications(SMALL) as small, _applications(LARGE) as large, structlog.testing.capture_logs():
        times: dict[int, Times] = {SMALL: {}, LARGE: {}}
        for number in range(ROUNDS + 2):
            for size, clients in ((SMALL, small), (LARGE, large)):
                for asked, seconds in _asked(clients):
                    if number >= 2:
                        times[size].setdefault(asked, []).append(seconds)
    return [*_rows("first page", times, [f"?tab={tab}" for tab in TABS]), *_rows("tab counts", times, ["/counts"])]


def _rows(what: str, times: Mapping[int, Times], paths: list[str]) -> Iterator[Row]:
    """The worst of all readers and tabs."""
    asked = [key for key in times[LARGE] if key[1] in paths]
    p95, slowest = max((statistics.quantiles(times[LARGE][key], n=20)[-1], key) for key in asked)
    ratio, grown = max(
        (statistics.median(times[LARGE][key]) / statistics.median(times[SMALL][key]), key) for key in asked
    )
    name = f"applications: {what} of a million"
    yield f"{name}, p95 ({' '.join(slowest)})", f"{p95 * 1000:.1f} ms", f"<= {P95 * 1000:.0f} ms", p95 <= P95
    yield f"{name} against ten thousand ({' '.join(grown)})", f"{ratio:.2f} x", f"<= {TIMES:.2f} x", ratio <= TIMES


def _asked(clients: Mapping[str, FlaskClient]) -> Iterator[tuple[tuple[str, str], float]]:
    for who, client in clients.items():
        for path in ("/counts", *(f"?tab={tab}" for tab in TABS)):
            began = time.perf_counter()
            answer = client.get(f"/v1/applications{path}")
            seconds = time.perf_counter() - began
            if answer.status_code != 200:
                raise AssertionError(answer.json)
            yield (who, path), seconds


@contextmanager
def _applications(number: int) -> Iterator[dict[str, FlaskClient]]:
    """So many, and who reads them: a unit and an account of it their 500, a department 5,000, the bureau and an
    administrator all."""
    with declaring() as here:
        _fill(here, number)
        unit = _made("unit 1")
        readers: dict[str, Actor] = {
            "unit": unit_actor(unit),
            "sub-account": sub_account_actor(unit, account_id=_made("filler 1")),
            "department": office_actor(_made("department 1")),
            "bureau": here.bureau,
            "administrator": admin_actor(),
        }
        yield {who: here.service.client(actor) for who, actor in readers.items()}


def _made(text: str) -> UUID:
    """As the statements make ids."""
    return UUID(md5(text.encode(), usedforsecurity=False).hexdigest())


def _fill(here: Declaring, number: int) -> None:
    """All like one that was made by the API; indexes are made afterwards, which takes a third of the time."""
    version, unit = here.publish(PROGRAMME), here.unit()
    project = here.project(here.department, "determination_primary")
    like = here.done(unit, "/v1/applications", {"project_id": project, "sections": here.sections(unit, 1, version)})
    sizes = {"units": number // OF_A_UNIT, "departments": number // OF_A_DEPARTMENT, "number": number}
    values = sizes | {"like": like["reference"], "bureau": here.bureau.organisation_id}
    with here.service.service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text("SET maintenance_work_mem = '256MB'"))
        indexes = connection.execute(sa.text(_INDEXES)).all()
        for name, _ in indexes:
            connection.execute(sa.text(f"DROP INDEX {name}"))
        for statement in (_UNITS, _APPLICATIONS, _STEPS, _RECEIVED):
            connection.execute(sa.text(statement), values)
        for _, definition in indexes:
            connection.execute(sa.text(definition))
        connection.execute(sa.text("VACUUM ANALYZE"))
        # What was filled in within a minute is on its disk before anybody reads, as what came in over years is.
        connection.execute(sa.text("CHECKPOINT"))
        connection.execute(sa.text("RESET session_replication_role"))
