"""A process that dies is started again, one that is held stays down, and none outlives its supervisor."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shenbao_stack.supervisor import Process, Supervisor
from shenbao_stack.waiting import until

_SLEEPER = [sys.executable, "-c", "import threading; threading.Event().wait()"]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor()
    supervisor.add(Process("sleeper", _SLEEPER, dict(os.environ), tmp_path / "sleeper.log"))
    supervisor.start()
    until(lambda: supervisor.processes["sleeper"].pid, what="started")
    yield supervisor
    supervisor.stop()


def test_a_killed_process_is_started_again(supervisor: Supervisor) -> None:
    before = supervisor.processes["sleeper"].pid
    supervisor.kill("sleeper")
    after = until(lambda: supervisor.processes["sleeper"].pid, what="started again")
    assert after != before
    assert supervisor.processes["sleeper"].starts == 2


def test_a_process_that_is_to_step_behind_is_nice_to_the_others_and_so_is_its_session(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.add(Process("worker", _SLEEPER, dict(os.environ), tmp_path / "worker.log", nice=6))
    pid = until(lambda: supervisor.processes["worker"].pid, what="started")
    until(lambda: psutil.Process(pid).cmdline()[1:2] == ["-c"], what="it is what it was started for")
    assert psutil.Process(pid).nice() == psutil.Process(supervisor.processes["sleeper"].pid).nice() + 6
    group = Path(f"/proc/{pid}/autogroup")
    assert not group.exists() or group.read_text().split()[1:] == ["nice", "6"]


def test_a_held_process_stays_down_until_it_is_released(supervisor: Supervisor) -> None:
    supervisor.hold("sleeper")
    supervisor.add(Process("other", _SLEEPER, dict(os.environ), Path(os.devnull)))
    until(lambda: supervisor.processes["other"].pid, what="the supervisor has looked again")
    assert supervisor.processes["sleeper"].pid is None
    supervisor.release("sleeper")
    until(lambda: supervisor.processes["sleeper"].pid, what="started again")


def test_stopping_ends_every_process(supervisor: Supervisor) -> None:
    pid = supervisor.processes["sleeper"].pid
    supervisor.stop()
    assert pid
    assert not psutil.pid_exists(pid)


def test_a_process_that_ends_by_itself_again_and_again_is_counted(supervisor: Supervisor) -> None:
    ending = Process("ending", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), Path(os.devnull))
    supervisor.add(ending)
    until(lambda: ending.early_deaths >= 2, what="two early deaths")
    supervisor.kill("sleeper")
    until(lambda: supervisor.processes["sleeper"].starts == 2, what="started again")
    assert supervisor.processes["sleeper"].early_deaths == 0


def test_one_that_was_started_beside_another_has_its_name_when_that_has_ended(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    old = supervisor.processes["sleeper"]
    new = Process("sleeper", _SLEEPER, dict(os.environ), tmp_path / "sleeper.log")
    supervisor.add_beside(new)
    until(lambda: new.pid, what="started beside")
    assert old.pid
    assert old.pid != new.pid
    supervisor.hand_over("sleeper")
    assert supervisor.processes == {"sleeper": new}
    assert (old.pid, old.starts, new.starts) == (None, 1, 1)
    supervisor.kill("sleeper")
    until(lambda: new.starts == 2, what="started again under its name")
