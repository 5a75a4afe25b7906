"""The same services everywhere, each with the same paper."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_common.web.settings import SERVICES as KNOWN_TO_COMMON
from shenbao_stack.services import EVERYTHING, SERVICES


@pytest.fixture(scope="module")
def configuration(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_folder_services_is_the_list_of_services(root: Path) -> None:
    assert {p.parent.name for p in root.glob("services/*/pyproject.toml")} == set(EVERYTHING)
    assert set(KNOWN_TO_COMMON) == set(SERVICES)


def test_import_linter_watches_every_package(root: Path, configuration: dict[str, Any]) -> None:
    packages = {p.parent.name for p in root.glob("*/*/src/*/py.typed")}
    linter = configuration["tool"]["importlinter"]
    assert set(linter["root_packages"]) == packages
    inside = next(c for c in linter["contracts"] if c["name"].startswith("Inside a service"))
    assert set(inside["containers"]) == {f"shenbao_{s}" for s in SERVICES}


def test_compose_runs_every_service_in_all_its_processes(root: Path) -> None:
    composed = set(yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"])
    expected = {f"{s}{part}" for s in SERVICES for part in ("", "-migrate", "-worker", "-relay")} | {"portal"}
    assert composed == expected | {"database", "broker", "entry"}


def test_kubernetes_knows_every_service(root: Path) -> None:
    bases = {p.name for p in root.glob("deploy/k8s/base/*") if p.is_dir()}
    assert bases == set(EVERYTHING)


@pytest.mark.parametrize("paper", ["README.md", "CHANGELOG.md", "pyproject.toml", "Dockerfile"])
def test_a_service_has_its_paper(service_folder: Path, paper: str) -> None:
    assert (service_folder / paper).is_file()


def test_whoever_tests_against_the_suite_gets_all_of_it(root: Path) -> None:
    stack = tomllib.loads((root / "libs/stack/pyproject.toml").read_text(encoding="utf-8"))
    assert {f"shenbao-{s}" for s in EVERYTHING} <= set(stack["project"]["optional-dependencies"]["testing"])
    wanted = (root / "tests/e2e/example-suite/requirements.txt").read_text(encoding="utf-8")
    assert {s for s in EVERYTHING if f"services/{s}\n" in wanted} == set(EVERYTHING)


def test_a_library_has_its_paper(root: Path) -> None:
    libraries = [p.parent for p in root.glob("libs/*/pyproject.toml")]
    assert [p for folder in libraries for p in (folder / "README.md", folder / "CHANGELOG.md") if not p.is_file()] == []
