"""Events keep what was promised before this change: what git has is asked, not the promise file beside the code.

Compared are the version that installations run (deploy/upgrades-from) and where this branch left main: SHENBAO_BASE
where CI knows it, else the merge base with main.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from shenbao_common.contracts import promise
from shenbao_stack.rollout import UPGRADES_FROM
from shenbao_stack.services import root

FILE = promise.LOCK.relative_to(root())


def git(*words: str, folder: Path | None = None) -> str:
    """What git says, without the last newline; "" where it refuses."""
    done = subprocess.run(["git", *words], cwd=folder or root(), capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def bases(folder: Path | None = None) -> list[str]:
    """Commits whose promises bind this one."""
    left_main_at = [git("merge-base", "HEAD", name, folder=folder) for name in ("origin/main", "main")]
    found = [os.environ.get("SHENBAO_BASE", ""), *left_main_at, UPGRADES_FROM.read_text(encoding="utf-8").split()[0]]
    return [commit for commit in dict.fromkeys(found) if git("cat-file", "-t", commit, folder=folder) == "commit"]


def broken_since(folder: Path, base: str, now: Mapping[str, Mapping[str, str]]) -> list[str]:
    return promise.broken(json.loads(git("show", f"{base}:{FILE}", folder=folder)), now)


def test_no_promise_of_an_earlier_version_is_broken() -> None:
    problems = {base: broken_since(root(), base, promise.present()) for base in bases()}
    assert not any(problems.values()), json.dumps(problems, indent=1)
    assert problems or git("rev-parse", "--is-shallow-repository") != "false", "git has the past, and none was found"


def test_whoever_edits_the_promise_file_with_the_contract_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch takes a field away, and out of the promise file too: the files agree, and main's do not."""
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    promised = {"houses.sold.v1": {"house_id": "UUID required", "price": "Integer required"}}
    file.write_text(json.dumps(promised), encoding="utf-8")
    commit = ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--all", "--message")
    git("init", "--quiet", "--initial-branch", "main", folder=tmp_path)
    git("add", ".", folder=tmp_path)
    git(*commit, "sold", folder=tmp_path)
    git("switch", "--quiet", "--create", "branch", folder=tmp_path)
    del promised["houses.sold.v1"]["price"]
    file.write_text(json.dumps(promised), encoding="utf-8")
    git(*commit, "no price", folder=tmp_path)
    monkeypatch.delenv("SHENBAO_BASE", raising=False)

    assert promise.broken(json.loads(file.read_text(encoding="utf-8")), promised) == []
    (base,) = bases(tmp_path)
    (problem,) = broken_since(tmp_path, base, promised)
    assert problem.startswith("houses.sold.v1.price was removed; leave it as it was and make a new version beside")
