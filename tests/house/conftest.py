"""What the rules look at: the files of the repository and the services as they are put together."""

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from shenbao_stack import inspection

ROOT = Path(__file__).resolve().parents[2]


def _files() -> list[Path]:
    """Tracked files, and new ones that are not ignored, as paths from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


FILES = _files()
PYTHON = [path for path in FILES if path.suffix == ".py"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`python_file` makes a test per module, `service_folder` one per service."""
    if "python_file" in metafunc.fixturenames:
        metafunc.parametrize("python_file", PYTHON, ids=str)
    if "service_folder" in metafunc.fixturenames:
        folders = sorted(p for p in (ROOT / "services").iterdir() if (p / "pyproject.toml").exists())
        metafunc.parametrize("service_folder", folders, ids=lambda p: p.name)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    return FILES


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    return inspection.services(tmp_path_factory.mktemp("inspected"))


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return inspection.portal(tmp_path_factory.mktemp("inspected"))
