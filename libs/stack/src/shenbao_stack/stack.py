"""The suite as one object that can be started, asked for its addresses, and stopped."""

import fcntl
import shutil
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Self

from shenbao_stack import databases, migrations, secret_store, shapes
from shenbao_stack.clock import Clock
from shenbao_stack.environment import Addresses, Installation
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import EVERYTHING, PORTAL, SERVICES, prefix
from shenbao_stack.supervisor import DidNotStart, Process, Supervisor
from shenbao_stack.waiting import answers, until

ADMIN_MADE = "admin-made"
"""A file in the folder: the first administrator is in the database."""

_LOCK = "lock"
_READY_SECONDS = 90.0
_DEATHS_UNTIL_GIVING_UP = 3
_LAST_WORDS = 1_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to start.

    port: 0 takes a free one. split: processes of their own for web, worker and relay of each service, else one process
    for all. public_url: where a proxy before us is reached. broker_url: None lets events travel by the feeds.
    database_urls: real servers instead of the embedded PostgreSQL. extra: further variables of the environment.
    code: another version's checkout, whose processes are started (split only).
    """

    folder: Path
    profile: str
    port: int = 0
    split: bool = False
    public_url: str = ""
    broker_url: str | None = None
    database_urls: Mapping[str, str] | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    code: Path | None = None


class AlreadyRunning(Exception):
    """Another stack uses the same folder."""


class Stack:
    """`with Stack(plan) as stack: stack.url("units")`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.folder = plan.folder.resolve()
        self.secrets: Mapping[str, str] = {}
        self.environment: Mapping[str, str] = {}
        self.ports: Mapping[str, int] = {}
        self.installation: Installation
        self._origin = ""
        self.clock = Clock(self.url)
        self.supervisor = Supervisor()
        self._cluster: Cluster | None = None
        self._lock: IO[str] | None = None
        self._is_new = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def processes(self) -> Mapping[str, Process]:
        """By name: `suite`, or `<service>.web|worker|relay`, `portal.web` and `gateway`."""
        return self.supervisor.processes

    @property
    def first_start(self) -> bool:
        """Whether nothing was published here yet."""
        return not self._published.exists()

    def url(self, service: str = PORTAL) -> str:
        """Base address of a service's public API, or of the portal."""
        return self._origin + prefix(service)

    def start(self) -> None:
        """Returns when every service answers."""
        is_new = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_folder()
        try:
            self._start()
        except BaseException:
            self.stop()
            if is_new and not self.environment:  # refused before anything was made with the secrets in it
                shutil.rmtree(self.folder)
            raise

    def stop(self) -> None:
        """Processes first, the database last. A test's suite is not asked: nobody waits for its last answers, and
        a sudden death is what it has to bear anyway."""
        self.supervisor.stop(signal.SIGKILL if self.plan.profile == "test" else signal.SIGTERM)
        if self._cluster:
            self._cluster.stop()
        if self._lock:
            self._lock.close()

    def kill(self, name: str) -> None:
        """SIGKILL to one process by name (`review.worker`); it is started again at once."""
        self.supervisor.kill(name, signal.SIGKILL)

    def hold(self, name: str) -> None:
        """SIGKILL, and down until `release`."""
        self.supervisor.hold(name)

    def release(self, name: str) -> None:
        self.supervisor.release(name)

    def wait_until_ready(self) -> None:
        """Every service and the portal answer through the public address."""
        probes = [f"{self.url(s)}/health/ready" for s in SERVICES] + [f"{self.url()}/health/ready"]
        for probe in probes:
            until(partial(self._answers, probe), seconds=_READY_SECONDS, what=probe)

    def mark_begun(self) -> None:
        """From now on the folder holds a part of the demo's data and, when it was new, nothing else."""
        if self._is_new:
            self._begun.touch()

    def mark_published(self) -> None:
        """The demo's data is in; it is not published a second time."""
        self._published.touch()
        self._begun.unlink(missing_ok=True)

    def _answers(self, probe: str) -> bool:
        failing = next((p for p in self.processes.values() if p.early_deaths >= _DEATHS_UNTIL_GIVING_UP), None)
        if failing:
            last = failing.log.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:]
            raise DidNotStart(f"{failing.name} ends again and again; see {failing.log}, which ends with\n{last}")
        return answers(probe)

    @property
    def _has_admin(self) -> Path:
        return self.folder / ADMIN_MADE

    @property
    def _published(self) -> Path:
        return self.folder / "demo-published"

    @property
    def _begun(self) -> Path:
        return self.folder / "demo-begun"

    def _take_folder(self) -> None:
        # The kernel lets go of the lock when we die, so a killed stack never blocks the next.
        self._lock = (self.folder / _LOCK).open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyRunning(f"a suite is running on {self.folder}") from taken

    def _forget_the_unfinished(self) -> None:
        """A first start that was interrupted left a part of the demo, which cannot be published twice."""
        if self._begun.exists() and not self.plan.database_urls:
            for left in self.folder.iterdir():
                if left.is_dir():
                    shutil.rmtree(left)
                elif left.name != _LOCK:
                    left.unlink()

    def _start(self) -> None:
        self._forget_the_unfinished()
        self._is_new = not self._has_admin.exists() and not self.plan.database_urls
        self.secrets = secret_store.load(self.folder, self.plan.profile)
        addresses, self.ports = self._addresses()
        self.installation = installation = Installation(
            folder=self.folder,
            profile=self.plan.profile,
            addresses=addresses,
            databases=self._databases(),
            secrets=self.secrets,
            broker_url=self.plan.broker_url,
        )
        self.environment = installation.environment() | dict(self.plan.extra)
        if not self.plan.code:  # else they are at that version's migrations
            migrations.upgrade(installation.databases)
        if self.plan.profile != "production" and not self._has_admin.exists():
            self._make_admin()
        if self.plan.split:
            processes = shapes.split(installation, self.environment, self.ports, self.plan.code)
        else:
            processes = shapes.embedded(installation, self.environment, self.ports[shapes.GATEWAY])
        for process in processes:
            self.supervisor.add(process)
        self.supervisor.start()
        self.wait_until_ready()

    def _make_admin(self) -> None:
        """The first account; everything else is made by it through the public APIs."""
        shapes.run_once("shenbao_identity.bootstrap", ["--username", "admin"], self.environment)
        self._has_admin.touch()

    def _addresses(self) -> tuple[Addresses, dict[str, int]]:
        gateway = self.plan.port or free_port()
        if not is_free(gateway):
            raise DidNotStart(f"something else listens on port {gateway}; choose another with --port")
        self._origin = f"http://127.0.0.1:{gateway}"
        public = self.plan.public_url or self._origin
        if not self.plan.split:
            inner = dict.fromkeys(EVERYTHING, self._origin)
            return Addresses(public=public, inner=inner, mail=free_port()), {shapes.GATEWAY: gateway}
        ports = {name: free_port() for name in EVERYTHING}
        inner = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        return Addresses(public=public, inner=inner, mail=free_port()), ports | {shapes.GATEWAY: gateway}

    def _databases(self) -> Mapping[str, str]:
        if self.plan.database_urls is not None:
            return self.plan.database_urls
        durable = self.plan.profile != "test"
        self._cluster = Cluster(self.folder / "postgres", self.secrets["postgres_password"], durable=durable)
        self._cluster.start()
        return databases.ensure(self._cluster, self.secrets)


def is_free(port: int) -> bool:
    """Whether we could listen there; a connection of the past that lingers does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that was not handed out before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port
