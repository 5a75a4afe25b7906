"""`shenbao audit verify` and `shenbao keys rotate` on a database of a service."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.data import audit, sealed
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.postgres import Cluster
from shenbao_stack.command import main

OLD, NEW = b"k" * 32, b"n" * 32
Run = Callable[..., Result]


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def url(postgres: Cluster) -> str:
    return postgres.create_database("commands")


@pytest.fixture
def engine(url: str) -> sa.Engine:
    made = sa.create_engine(url, poolclass=sa.NullPool)
    with made.begin() as connection:
        audit.create_tables(connection)
        connection.execute(sa.text("CREATE TABLE person (id uuid PRIMARY KEY, personal bytea)"))
        connection.execute(sa.text("CREATE TABLE diary (id uuid PRIMARY KEY, opinion bytea)"))
        refuse = "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit()"
        connection.execute(sa.text(f"CREATE TRIGGER diary_stays BEFORE UPDATE ON diary {refuse}"))
    sealed.install(made, Sealer(OLD))
    return made


@pytest.fixture
def run(url: str) -> Run:
    def command(*words: str, **env: str) -> Result:
        return CliRunner().invoke(main, words, env={"UNITS_DATABASE_URL": url, "UNITS_DATA_KEY": text(OLD)} | env)

    return command


@pytest.mark.req("B-17")
def test_the_verify_command_names_the_first_broken_of_100_entries(engine: sa.Engine, run: Run, tmp_path: Path) -> None:
    sessions = sessionmaker(engine)
    audit.install(sessions)
    for number in range(100):
        with sessions.begin() as session:
            audit.record(session, "read", actor=office_actor(), subject=number)
    ends = ["--ends", str(tmp_path / "ends.json")]
    whole = run("audit", "verify", "units", *ends)
    assert (whole.exit_code, whole.output) == (0, "units: 100 entries, 0 broken lanes\n"), whole.output
    with engine.begin() as connection:
        first, last = connection.scalars(
            sa.text("SELECT id FROM audit_entry WHERE subject IN ('41', '77') ORDER BY position")
        )
        connection.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(
            sa.text("UPDATE audit_entry SET purpose = 'x' WHERE id IN (:a, :b)"), {"a": first, "b": last}
        )
    broken = run("audit", "verify", "units", *ends)
    assert broken.exit_code == 1
    assert f"units: lane 0, entry 42 ({first}): altered" in broken.output
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit_entry"))
        connection.execute(sa.text("DELETE FROM audit_head"))
    cut = run("audit", "verify", "units", *ends)
    assert (cut.exit_code, "entry 1 (not there): cut" in cut.output) == (1, True)


@pytest.mark.req("B-27")
def test_the_rotate_command_writes_values_anew_and_tells_what_a_log_keeps(engine: sa.Engine, run: Run) -> None:
    earlier = Sealer(OLD)
    with Session(engine) as session:
        for table, column in (("person", "personal"), ("diary", "opinion")):
            for number in range(3):
                row = {"id": uuid7(), "value": earlier.seal(f"{number}".encode())}
                session.execute(sa.text(f"INSERT INTO {table} (id, {column}) VALUES (:id, :value)"), row)  # noqa: S608
        session.commit()
    now = {"UNITS_DATA_KEY": text(NEW), "UNITS_OTHER_DATA_KEYS": text(OLD), "UNITS_INDEX_KEY": text(OLD)}
    told = run("keys", "rotate", "units", SHENBAO_ALGORITHMS="national", **now)
    assert told.exit_code == 0, told.output
    assert "units: person.personal: 3 anew, 0 kept by a log, 0 of a key that is not there" in told.output
    assert "units: diary.opinion: 0 anew, 3 kept by a log, 0 of a key that is not there" in told.output
    with engine.connect() as connection:
        values = [bytes(value) for value in connection.scalars(sa.text("SELECT personal FROM person ORDER BY id"))]
    assert all(value.startswith(b"v1.sm4gcm.") for value in values)
    assert [Sealer(NEW).open(value) for value in values] == [b"0", b"1", b"2"]
