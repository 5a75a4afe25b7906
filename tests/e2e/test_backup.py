"""A suite's data is backed up while it runs, and comes to life again in an empty one, where all services agree."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from shenbao_common.bus.stamping import conninfo
from shenbao_stack import backup, databases, job, secret_store
from shenbao_stack.command import main
from shenbao_stack.demo.town import Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import SERVICES, variable
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import done, settled


@pytest.fixture(scope="module")
def source(stacks: Nursery) -> Iterator[Stack]:
    """A suite of its own: what other tests have broken on purpose is not in it."""
    with stacks.stack() as running:
        yield running


@pytest.fixture(scope="module")
def town(source: Stack) -> Iterator[Town]:
    with world_of(source) as people:
        yield Town(people)


@pytest.fixture
def kept() -> Iterator[Path]:
    """Where backups lie."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture
def empty(source: Stack) -> Iterator[Path]:
    """A data folder with the secrets of the running suite, and nothing else."""
    with temporary_folder() as folder:
        shutil.copy(source.folder / "secrets.json", folder)
        yield folder


def run(*words: str, env: Mapping[str, str] | None = None) -> str:
    result = CliRunner().invoke(main, words, env=env, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def back_up(stack: Stack, folder: Path) -> None:
    """The databases and files that the environment names."""
    names = [*(variable(service, "DATABASE_URL") for service in SERVICES), "DOCUMENTS_FOLDER"]
    run("backup", str(folder), env={name: stack.environment[name] for name in names})


@pytest.mark.req("B-24")
def test_a_backup_restored_into_an_empty_suite_is_whole_and_goes_on(
    source: Stack, town: Town, kept: Path, empty: Path
) -> None:
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.reported(unit.user, project)
    until(lambda: job.shown(unit.user, application)["current"], what="it is with its department")
    before = job.shown(unit.user, application)

    back_up(source, kept / "nightly")
    run("restore", str(kept / "nightly"), "--data", str(empty))

    with Stack(Plan(folder=empty, profile="test")) as restored, world_of(restored) as world:
        user = world.sign_in(unit.user.username)
        assert job.shown(user, application) == before, "what was sealed can be read"
        files = before["sections"]["evaluation_form"]["evaluation_form_file"]
        assert user.call("GET", "documents", f"/v1/files/{files['document_id']}/content").content == job.pdf()
        token = ["--url", restored.url(), "--token", world.admin().tokens.access]
        until(lambda: run("reconcile", "--grace", "1", *token) == "0 missing\n", what="all services agree")

        officer = world.sign_in(department.user.username)
        done(job.decide(officer, application, "return", "学历证书不清晰", after=user))
        until(lambda: job.shown(user, application)["status"] == "returned", what="the restored suite works")
    again = CliRunner().invoke(main, ["restore", str(kept / "nightly"), "--data", str(empty)])
    assert "not empty: " in again.output


def test_a_listener_that_remembers_more_than_a_restored_publisher_is_taken_back(
    source: Stack, town: Town, kept: Path, empty: Path
) -> None:
    """Applications is restored from an earlier moment than the others, as when dumps lie apart."""
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    back_up(source, kept / "earlier")
    application = town.reported(unit.user, project)
    until(lambda: unit.user.call("GET", "review", f"/v1/cases/{application}").status_code == 200, what="it is routed")
    back_up(source, kept / "later")
    shutil.copy(kept / "earlier" / "applications.dump", kept / "later")

    secrets = secret_store.load(empty, "test")
    cluster = Cluster(empty / "postgres", secrets["postgres_password"], durable=False)
    cluster.start()
    try:
        urls = databases.ensure(cluster, secrets)
        backup.restore(kept / "later", urls, empty / "documents")
        head = positions(urls["applications"])["outbox"]
        followed = {service: positions(urls[service]).get("applications", 0) for service in SERVICES}
        assert followed["review"] == head, "it had followed further"
        assert max(followed.values()) == head
    finally:
        cluster.stop()


@pytest.mark.req("S4a-12")
def test_of_three_units_with_a_duplicate_two_are_added_and_a_restored_backup_counts_the_same(
    source: Stack, town: Town, kept: Path, empty: Path
) -> None:
    admin, serial = town.world.admin(), town.world.serial()
    node = {"code": f"DEPT{serial}", "name": "市农业局", "level": "first_level_department", "parent_code": ""}
    bureau = {"code": f"BUREAU{serial}", "name": "市人社局", "level": "city_hr_bureau"}
    codes = [town.world.new_code() for _ in range(2)]
    units = [{"code": code, "name": "示例", "department_code": node["code"]} for code in (*codes, codes[0])]
    file = {"organisations": [bureau, node | {"parent_code": bureau["code"]}], "units": units}
    imported = done(admin.call("POST", "units", "/v1/directory/imports", file))
    assert (imported["added"], [(r["list"], r["row"]) for r in imported["reported"]]) == (2 + 2, [("units", 3)])
    certificate = {
        "number": f"Z-{serial}",
        "name": "张三",
        "id_number": "330000199001010014",
        "title": "助理工程师",
        "organisation_name": "市人社局",
        "issued_on": "2012-06-01",
    }
    rows = {"items": [certificate, certificate]}
    assert done(admin.call("POST", "documents", "/v1/earlier-certificates/imports", rows)) == {
        "added": 1,
        "left_out": [2],
    }
    settled(admin, *SERVICES)

    back_up(source, kept / "imported")
    secrets = secret_store.load(empty, "test")
    cluster = Cluster(empty / "postgres", secrets["postgres_password"], durable=False)
    cluster.start()
    try:
        urls = databases.ensure(cluster, secrets)
        backup.restore(kept / "imported", urls, empty / "documents")
        for service in SERVICES:
            assert counted(urls[service]) == counted(source.environment[variable(service, "DATABASE_URL")]), service
    finally:
        cluster.stop()


def test_what_is_no_whole_backup_is_not_restored(kept: Path, empty: Path) -> None:
    refused = CliRunner().invoke(main, ["restore", str(kept), "--data", str(empty)])
    assert (refused.exit_code, "is no finished backup" in refused.output) == (1, True)


def positions(url: str) -> dict[str, int]:
    with psycopg.connect(conninfo(url)) as connection:
        return dict(connection.execute("SELECT source, position FROM followed").fetchall())


def counted(url: str) -> dict[str, int]:
    """How many records each table holds."""
    with psycopg.connect(conninfo(url)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        count = sql.SQL("SELECT count(*) FROM {}")
        found = {name: connection.execute(count.format(sql.Identifier(name))).fetchone() for (name,) in tables}
        return {name: row[0] for name, row in found.items() if row}
