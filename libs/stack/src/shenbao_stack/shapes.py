"""The two shapes of a running suite, as lists of processes."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from shenbao_stack.environment import Installation, only
from shenbao_stack.services import EVERYTHING, PORTAL, app_module, prefix, worker_module
from shenbao_stack.supervisor import DidNotStart, Process

GATEWAY = "gateway"
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


def embedded(installation: Installation, environment: Mapping[str, str], port: int) -> list[Process]:
    """One process that holds everything."""
    command = [sys.executable, "-m", "shenbao_stack.embedded", str(port)]
    return [_process("suite", command, environment, installation)]


def split(
    installation: Installation, environment: Mapping[str, str], ports: Mapping[str, int], code: Path | None = None
) -> list[Process]:
    """As in production: web, worker and relay of each service, the portal, and a gateway in place of the ingress.

    code: a checkout of which the services are started instead of this one.
    """
    given = with_code(environment, code) if code else environment
    processes = [p for s in EVERYTHING for p in of_service(s, given, installation, ports[s])]
    # One process, whatever the environment says of the others: it is a mail server too, which has one address.
    gateway = [*_gunicorn("shenbao_stack.gateway:app()", [ports[GATEWAY]], threads=32), "--workers", "1"]
    return [*processes, _process(GATEWAY, gateway, _of_gateway(environment, installation), installation)]


def of_service(service: str, environment: Mapping[str, str], installation: Installation, *ports: int) -> list[Process]:
    """Web on these ports, which it may share with another web process; worker and relay where there are events."""
    web = _web(service, environment, installation, ports)
    if service == PORTAL:
        return [web]
    own = only(service, environment)
    worker = [sys.executable, "-m", worker_module(service)]
    relay = [sys.executable, "-m", "shenbao_common.bus.relay", service]
    return [
        web,
        _process(f"{service}.worker", worker, own, installation, nice=_behind(environment)),
        _process(f"{service}.relay", relay, own, installation, nice=_behind(environment)),
    ]


_BEHIND = 6
"""A quarter of a web's share of a busy processor, as deploy/k8s requests it: a queue can wait, people do not."""
_NICE = "SHENBAO_WORKERS_NICE"
_THREADS = {"identity": 20}
"""As the images have it: more where people wait in line for their passwords to be checked."""


def _behind(environment: Mapping[str, str]) -> int:
    """Tests are equals, unless they say else: several suites share their machine, and many wait for a queue."""
    usual = 0 if environment.get("SHENBAO_PROFILE") == "test" else _BEHIND
    return int(environment.get(_NICE, usual))


def with_code(environment: Mapping[str, str], checkout: Path) -> dict[str, str]:
    """The environment in which Python finds the suite's packages in that checkout first."""
    sources = sorted(str(source) for part in ("libs", "services") for source in checkout.glob(f"{part}/*/src"))
    return dict(environment) | {"PYTHONPATH": os.pathsep.join(sources)}


def _of_gateway(environment: Mapping[str, str], installation: Installation) -> dict[str, str]:
    return only(GATEWAY, environment) | {"GATEWAY_PORTAL_URL": installation.addresses.service(PORTAL)}


def _web(service: str, environment: Mapping[str, str], installation: Installation, ports: Sequence[int]) -> Process:
    command = _gunicorn(f"{app_module(service)}:create_app()", ports, threads=_THREADS.get(service, 8))
    own = only(service, environment)
    if prefix(service):
        own["SCRIPT_NAME"] = prefix(service)  # gunicorn's own word for the path it is mounted under
    return _process(f"{service}.web", command, own, installation)


def _gunicorn(app: str, ports: Sequence[int], *, threads: int) -> list[str]:
    how = ["--config", "python:shenbao_common.web.serving", "--threads", str(threads), "--reuse-port"]
    for port in ports:
        how += ["--bind", f"127.0.0.1:{port}"]
    quiet = ["--log-level", "warning", "--timeout", "120", "--graceful-timeout", "5"]
    return [sys.executable, "-m", "gunicorn", *how, *quiet, app]


def run_once(module: str, arguments: list[str], environment: Mapping[str, str]) -> None:
    """A service's own command, to its end; DidNotStart with what it said when it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=_complete(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DidNotStart(f"{module} failed: {done.stderr.strip()[-600:]}")


def _process(
    name: str, command: list[str], environment: Mapping[str, str], installation: Installation, nice: int = 0
) -> Process:
    log = installation.folder / "logs" / f"{name}.log"
    return Process(name, command, _complete(environment), log, nice)


def _complete(environment: Mapping[str, str]) -> dict[str, str]:
    """With the little that any process takes from the machine."""
    inherited = {k: os.environ[k] for k in _INHERITED if k in os.environ}
    return inherited | {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"} | dict(environment)
