"""The kit as a stranger has it: another repository, a clean environment, no word about it in this one's settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shenbao_stack.services import root
from shenbao_stack.testing import temporary_folder

_EXAMPLE = Path(__file__).parent / "example-suite"
_OURS = ("VIRTUAL_ENV", "PYTHON", "PYTEST_", "SHENBAO_")


def run(*command: str | Path, folder: Path) -> str:
    """Without this run's environment, as on another machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.timeout(600)
def test_the_example_suite_is_green_in_a_clean_environment() -> None:
    with temporary_folder() as folder:
        uv = Path(sys.executable).parent / "uv"
        run(uv, "venv", "--quiet", "--python", sys.executable, folder / "venv", folder=folder)
        python = folder / "venv" / "bin" / "python"
        shutil.copytree(_EXAMPLE / "tests", folder / "suite" / "tests")
        shutil.copy2(_EXAMPLE / "pyproject.toml", folder / "suite")
        versions = folder / "versions.txt"
        versions.write_text(_versions(), encoding="utf-8")
        wanted = _EXAMPLE / "requirements.txt"
        run(uv, "pip", "install", "--quiet", "--python", python, "-r", wanted, "-c", versions, folder=_EXAMPLE)
        tests = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
        assert "2 passed" in run(*tests, folder=folder / "suite")
        as_in_production = (*tests, "--shenbao-backend", "process", "-k", "report")
        assert "1 passed" in run(*as_in_production, folder=folder / "suite")


def _versions() -> str:
    """What this repository pins, without the hashes, which a checkout as a folder has none of."""
    lines = (root() / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    return "\n".join(line.partition(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#")))
