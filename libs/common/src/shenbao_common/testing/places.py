"""Where tests keep data that nobody needs after them, and what is done about those of runs that were killed."""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108  (each takes a folder of its own in it)
_ENOUGH = 4 * 1024**3
_MADE, _BEING_MADE = "shenbao-run-", ".shenbao-run-"


def quick() -> Path:
    """In memory where there is plenty, else the usual temporary folder: a database is 300 files, whose making takes
    half a second on a disk that others use too, and ten milliseconds in memory."""
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY).free >= _ENOUGH:
            return _MEMORY
    return usual()


def usual() -> Path:
    """Where there is always room."""
    return Path(tempfile.gettempdir())


@contextmanager
def own_folder(place: Path) -> Iterator[Path]:
    """A folder below place that is gone at the end. One whose owner was killed goes when the next is made, and with it
    the servers that still work in it."""
    _sweep(place)
    # Under another name until it is locked: a sweeper would take it for one whose owner is dead.
    made = Path(tempfile.mkdtemp(prefix=_BEING_MADE, dir=place))
    lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder = made.rename(place / made.name.removeprefix("."))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(place: Path) -> None:
    """The lock ends with its owner, however that ends."""
    for folder in place.glob(f"{_MADE}*"):
        with suppress(OSError):  # another one sweeps, too, or it is of somebody else
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _end_servers(folder)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _end_servers(folder: Path) -> None:
    """PostgreSQL and RabbitMQ work in the folder that has their data."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                os.kill(int(process.name), signal.SIGKILL)
