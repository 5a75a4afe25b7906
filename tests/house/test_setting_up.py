"""Two `make` that set up the same checkout take turns."""

import fcntl
import subprocess
from pathlib import Path


def test_a_second_one_waits_for_the_first_and_says_so(root: Path, tmp_path: Path) -> None:
    lock, made = tmp_path / "setup.lock", tmp_path / "made"
    with lock.open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        command = [str(part) for part in (root / "tools" / "locked", lock, "touch", made)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
            assert second.stdout
            assert second.stdout.readline() == "Another make sets up here; waiting for it ...\n"
            assert not made.exists()
            fcntl.flock(first, fcntl.LOCK_UN)
        assert (second.returncode, made.exists()) == (0, True)
