"""Two versions of a service on one database and one broker: what a rollout brings about, without a cluster.

A suite is started from the checkout of an earlier version (`Plan.code`) on its own migrations; then each service gets
the present one beside it: migrations first, new processes on the same address, and the old ones end by SIGTERM.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from shenbao_stack import migrations, shapes
from shenbao_stack.services import PORTAL, prefix, root, variable
from shenbao_stack.stack import Stack, free_port
from shenbao_stack.supervisor import DidNotStart, Process
from shenbao_stack.waiting import answers, until

UPGRADES_FROM = root() / "deploy" / "upgrades-from"
"""The commit whose images are the previous version: whoever runs it can be upgraded to this one."""

_BUILT = Path("services") / "portal" / "src" / "shenbao_portal" / "static" / "vendor"
_READY_SECONDS = 60.0


def previous(folder: Path) -> Path | None:
    """The previous version's files, out of git; None where git does not have it (a copy without its past)."""
    commit = UPGRADES_FROM.read_text(encoding="utf-8").split()[0]
    archive = subprocess.run(["git", "archive", commit], cwd=root(), capture_output=True, check=False)
    if archive.returncode:
        return None
    folder.mkdir()
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    if (root() / _BUILT).exists():
        (folder / _BUILT).parent.mkdir(parents=True, exist_ok=True)
        (folder / _BUILT).symlink_to(root() / _BUILT)  # what its image has beside the code
    return folder


def upgrade(code: Path, databases: Mapping[str, str]) -> None:
    """Brings databases to the newest migration of that code, as its own command does."""
    addresses = {variable(service, "DATABASE_URL"): url for service, url in databases.items()}
    shapes.run_once("shenbao_stack.command", ["migrate"], shapes.with_code(addresses, code))


@contextmanager
def side_by_side(stack: Stack, service: str) -> Iterator[tuple[Mapping[str, Process], Mapping[str, Process]]]:
    """The present version of a service beside the one that runs; (old, new) processes by name, both at work.

    At the end the old ones were asked to end and have ended.
    """
    if service != PORTAL:
        migrations.upgrade({service: stack.installation.databases[service]})
    own = free_port()
    new = {
        process.name: process
        for process in shapes.of_service(service, stack.environment, stack.installation, stack.ports[service], own)
    }
    old = {name: stack.processes[name] for name in new}
    for process in new.values():
        stack.supervisor.add_beside(process)
    probe = f"http://127.0.0.1:{own}{prefix(service)}/health/ready"
    until(partial(_ready, probe, new), seconds=_READY_SECONDS, what=probe)
    yield old, new
    stack.supervisor.hand_over(*new)


def _ready(probe: str, new: Mapping[str, Process]) -> bool:
    if failing := [process.name for process in new.values() if process.early_deaths]:
        raise DidNotStart(f"{', '.join(failing)} of the present version ended; see {os.fspath(new[failing[0]].log)}")
    return answers(probe) and all(process.pid for process in new.values())
