"""The clients of all services as somebody gets them, under a type checker."""

import os
import subprocess
import sys
from pathlib import Path

from shenbao_stack.services import SERVICES

USE = """
from api.review import DecisionIn, ReviewApi

def decide(review: ReviewApi, application: str) -> list[str]:
    case = review.get_cases_by_application_id(application)
    body: DecisionIn = {"step_id": case["current"]["step_id"] if case["current"] else "", "action": "pass"}
    review.post_cases_decisions(application, body, headers=review.etag)
    return [item["application_id"] for item in review.get_cases(tab="open")["items"]]
"""
WRONG = """
from api.review import ReviewApi

def decide(review: ReviewApi) -> None:
    review.get_cases(tab="opened")
    review.post_cases_decisions("id", {"action": "pass"})
    review.get_cases()["cases"]
"""


def run(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False, env=os.environ
    )


def test_a_type_checker_finds_what_a_service_does_not_know(tmp_path: Path) -> None:
    written = run("shenbao_stack.command", "clients", "api", folder=tmp_path)
    assert written.returncode == 0, written.stderr
    assert {path.stem for path in (tmp_path / "api").iterdir()} == {*SERVICES, "__init__"}
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\nfollow_imports = silent\n", encoding="utf-8")
    said = run("mypy", "use.py", "wrong.py", "api", folder=tmp_path).stdout
    codes = [(line.split(":")[0], line.rsplit("[", 1)[-1].rstrip("]")) for line in said.splitlines() if "error" in line]
    assert codes[:-1] == [("wrong.py", "arg-type"), ("wrong.py", "typeddict-item"), ("wrong.py", "typeddict-item")], (
        said
    )
