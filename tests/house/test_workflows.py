"""Each service is tested, built and migrated by a workflow of its own, with commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_stack.services import EVERYTHING, SERVICES

ON = True  # YAML 1.1 reads the word `on` so


def workflow(root: Path, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((root / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_service_has_a_workflow_of_its_own(root: Path, service: str) -> None:
    said = workflow(root, service)
    (job,) = said["jobs"].values()
    assert job["uses"] == "./.github/workflows/service.yml"
    assert job["with"]["service"] == service
    assert job["with"].get("database", True) is (service in SERVICES)
    paths = said[ON]["push"]["paths"]
    assert {f"services/{service}/**", "libs/common/**", f".github/workflows/{service}.yml"} <= set(paths)
    others = {f"services/{other}/**" for other in EVERYTHING if other != service}
    assert not others & set(paths), "another service's change is not its business"
    assert said[ON]["pull_request"]["paths"] == paths


def test_there_is_no_workflow_of_a_service_that_is_not(root: Path) -> None:
    assert {p.stem for p in root.glob(".github/workflows/*.yml")} == {*EVERYTHING, "service"}


def test_workflows_call_verbs_that_the_makefile_has(root: Path) -> None:
    steps = [step for job in workflow(root, "service")["jobs"].values() for step in job["steps"]]
    called = {verb for step in steps for verb in re.findall(r"\bmake ([a-z-]+)", step.get("run", ""))}
    verbs = set(re.findall(r"^([a-z0-9-]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert called == {"test-service", "contracts"} <= verbs
