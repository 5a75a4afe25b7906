"""What a newcomer does first: start the suite, stop it, start it again."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from shenbao_stack.services import SERVICES
from shenbao_stack.stack import free_port
from shenbao_stack.testing import temporary_folder
from shenbao_stack.waiting import until

README = Path(__file__).parents[2] / "README.md"
_START_SECONDS = 90
_STOP_SECONDS = 20
_MOST_MEMORY = 1.2 * 1024**3


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as folder:
        yield folder


def test_a_suite_that_was_interrupted_or_killed_leaves_nothing_running_and_its_data_are_kept(folder: Path) -> None:
    with _running(folder, free_port()) as first:
        assert _password_on_screen(first)
    assert first.wait() == 0, "an interrupt of the whole process group"
    with _running(folder, free_port()) as second:
        assert _password_on_screen(second) == _password_on_screen(first)
        assert [service for service in SERVICES if not _answers(second, service)] == []
        assert _memory(second) < _MOST_MEMORY
        family = psutil.Process(second.pid).children(recursive=True)
        second.kill()
        second.wait()
        assert psutil.wait_procs(family, timeout=_STOP_SECONDS)[1] == []
    with _running(folder, free_port()) as again:
        assert _answers(again, "identity")


def test_a_first_start_that_was_interrupted_starts_over(folder: Path) -> None:
    with _running(folder, free_port(), demo=True, ready="Publishing demo data") as interrupted:
        until(lambda: _departments(interrupted), what="a part of the demo's data")
    assert interrupted.wait() == 0
    with _running(folder, free_port(), demo=True) as again:
        assert len(_departments(again)) > 1
        assert _heard_first(again, folder / "listen.py").startswith("cn.shenbao.applications.programme_published.v1 ")


class _Suite(subprocess.Popen[bytes]):
    """`shenbao run` with its screen in a file."""

    def __init__(self, folder: Path, port: int, *, demo: bool) -> None:
        self.screen = folder / f"screen-{port}.txt"
        self.port = port
        command = [sys.executable, "-m", "shenbao_stack.command", "run", "--demo" if demo else "--no-demo"]
        with self.screen.open("wb") as screen:
            super().__init__(
                [*command, "--port", str(port), "--data", str(folder / "data")],
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.screen.read_text(encoding="utf-8")


@contextmanager
def _running(folder: Path, port: int, *, demo: bool = False, ready: str = "Ctrl-C") -> Iterator[_Suite]:
    with _Suite(folder, port, demo=demo) as suite:
        try:
            until(lambda: ready in suite.text() or suite.poll() is not None, seconds=_START_SECONDS, what="ready")
            assert suite.poll() is None, suite.text()
            yield suite
        finally:
            if suite.poll() is None:
                os.killpg(suite.pid, signal.SIGINT)
            suite.wait(timeout=_STOP_SECONDS)


def _password_on_screen(suite: _Suite) -> str:
    line = next(line for line in suite.text().splitlines() if " admin " in line)
    return line.split()[-1]


def _answers(suite: _Suite, service: str) -> bool:
    return httpx.get(f"http://127.0.0.1:{suite.port}/api/{service}/openapi.json", timeout=20).status_code == 200


def _departments(suite: _Suite) -> list[object]:
    answer = httpx.get(f"http://127.0.0.1:{suite.port}/api/units/v1/departments", timeout=20)
    return list(answer.json()["items"]) if answer.status_code == 200 else []


def _heard_first(suite: _Suite, path: Path) -> str:
    """What the README's listener prints first, word for word but for the port."""
    found = re.search(r"in ten lines.*?```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line]) == 10
    path.write_text(found[1].replace(":8000", f":{suite.port}"), encoding="utf-8")
    with subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE, text=True) as listener:
        try:
            assert listener.stdout
            return listener.stdout.readline()
        finally:
            listener.kill()


def _memory(suite: _Suite) -> int:
    """Proportional set size of the whole tree: shared pages count once."""
    parent = psutil.Process(suite.pid)
    return sum(int(p.memory_full_info().pss) for p in (parent, *parent.children(recursive=True)))
