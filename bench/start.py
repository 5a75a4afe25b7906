"""What a newcomer waits for: `make run` in a fresh clone, and again; and what it takes of the machine's memory.

The first start makes the whole environment from the package caches, PostgreSQL's data folder and the demo's data. Run
it once before with cold caches, and it measures the network.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from shenbao_common.testing.places import own_folder, usual
from shenbao_stack.stack import free_port

ROOT = Path(__file__).parents[1]
FIRST, SECOND, MEMORY = 60.0, 8.0, 1.2 * 1024**3
_READY = "is running at"


def measure() -> list[tuple[str, str, str, bool]]:
    """Seconds from the command to the screen that says it is ready; memory of everything that it started."""
    with _clone() as clone:
        first, memory_first, _ = _started(clone)
        second, memory_second, kind = _started(clone)
    memory = max(memory_first, memory_second)
    return [
        _seconds("make run in a fresh clone, warm package caches, with demo data", first, FIRST),
        _seconds("make run again", second, SECOND),
        (f"memory of the whole process tree ({kind})", _gib(memory), f"<= {_gib(MEMORY)}", memory <= MEMORY),
    ]


def _seconds(what: str, measured: float, limit: float) -> tuple[str, str, str, bool]:
    return what, f"{measured:.1f} s", f"<= {limit:.0f} s", measured <= limit


def _gib(size: float) -> str:
    return f"{size / 1024**3:.2f} GiB"


def _started(clone: Path) -> tuple[float, int, str]:
    """Starts it, stops it; answers the seconds until it was ready, and the bytes it then had, and how counted."""
    command = ["make", "run", f"ARGS=--port {free_port()} --data {clone.parent / 'data'}"]
    began = time.perf_counter()
    with _output(command, clone) as process:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if _READY in line:
                return time.perf_counter() - began, *_memory(process.pid)
    raise RuntimeError(f"it did not start: {''.join(said)}")


@contextmanager
def _output(command: list[str], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A running command, stopped at the end as by Ctrl-C."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "VIRTUAL_ENV"}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)


def _memory(pid: int) -> tuple[int, str]:
    """Bytes of a process and all below it. Shared pages count once (PSS) where the system tells, else each time."""
    root = psutil.Process(pid)
    tree = [root, *root.children(recursive=True)]
    try:
        return sum(process.memory_full_info().pss for process in tree), "PSS"
    except (AttributeError, psutil.AccessDenied):
        return sum(process.memory_info().rss for process in tree), "RSS"


@contextmanager
def _clone() -> Iterator[Path]:
    """The last commit, as somebody else gets it."""
    with own_folder(usual()) as folder:
        subprocess.run(["git", "clone", "--quiet", ROOT, folder / "clone"], check=True)
        yield folder / "clone"
