"""The private PostgreSQL survives everything that may happen to its owner."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from shenbao_stack import databases, secret_store
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import SERVICES
from shenbao_stack.testing import temporary_folder
from shenbao_stack.waiting import until

_OWNER = """
import pathlib, sys, threading
from shenbao_stack.postgres import Cluster
Cluster(pathlib.Path(sys.argv[1]), "secret", durable=False).start()
print("started", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with temporary_folder() as folder:
        cluster = Cluster(folder / "postgres", "secret", durable=False)
        yield cluster
        cluster.stop()


def test_data_is_kept_over_a_restart(cluster: Cluster) -> None:
    cluster.start()
    _do(cluster, "CREATE TABLE kept AS SELECT 7 AS number")
    cluster.stop()
    cluster.start()
    assert _do(cluster, "SELECT number FROM kept") == [(7,)]


def test_an_owner_that_was_killed_takes_its_server_with_it_and_the_next_one_starts(cluster: Cluster) -> None:
    with subprocess.Popen([sys.executable, "-c", _OWNER, str(cluster.folder)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"started\n"
        server = psutil.Process(_pid(cluster))
        owner.kill()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running()
    cluster.start()
    assert _do(cluster, "SELECT 1") == [(1,)]


def test_a_server_that_was_killed_leaves_a_pid_file_that_stops_nobody(cluster: Cluster) -> None:
    cluster.start()
    os.kill(_pid(cluster), signal.SIGKILL)
    until(lambda: not psutil.pid_exists(_pid(cluster)) or _is_zombie(_pid(cluster)), what="the server is dead")
    cluster.stop()
    (cluster.folder / "postmaster.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
    cluster.start()
    assert _do(cluster, "SELECT 1") == [(1,)]


def test_each_service_reaches_its_own_database_only(cluster: Cluster, tmp_path: Path) -> None:
    cluster.start()
    urls = databases.ensure(cluster, secret_store.load(tmp_path, "test"))
    assert databases.ensure(cluster, secret_store.load(tmp_path, "test")) == urls
    for service in SERVICES:
        psycopg.connect(_plain(urls[service])).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(_plain(urls["review"]).replace("/review?", "/units?"))


def test_nobody_enters_without_the_password(cluster: Cluster) -> None:
    cluster.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(_plain(cluster.url(password="wrong")))


def _do(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _pid(cluster: Cluster) -> int:
    return int((cluster.folder / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])


def _is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
