"""The pytest plugin of whoever tests against the suite; installing the package is enough to have its fixtures.

stack         the running suite, once a session: --shenbao-backend embedded (default), process or compose
world         its people, made through the public APIs; a test's names and codes are the same in every run
events        what the services tell from the beginning of this test on
stack_settings  what a conftest tells that suite beside the usual
stacks        makes further suites, each on fresh databases
split_stack   each process of its own, on a broker that may be killed; split_world its people

What a failed test had of these is kept below --shenbao-artefacts: logs, events and screenshots.
"""

import os
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from shenbao_common.testing.places import own_folder, quick
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean, mortal_rabbit, rabbit
from shenbao_stack import artefacts
from shenbao_stack.capture import Capture
from shenbao_stack.client import Target
from shenbao_stack.nursery import Nursery
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.world import World

__all__ = ["mortal_rabbit", "rabbit"]

_PATIENCE_UNDER_FAULTS = 60.0
_ADDRESS, _SECRETS = "SHENBAO_TEST_URL", "SHENBAO_TEST_SECRETS"
_FIRST_NUMBER, _BLOCK, _BLOCKS = 10_000_000, 200, 400_000
_USED = pytest.StashKey[set[int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("shenbao")
    group.addoption(
        "--shenbao-backend",
        choices=["embedded", "process", "compose"],
        help="embedded: one process; process: as in production, with RabbitMQ; compose: the suite that runs at "
        f"{_ADDRESS}, whose secrets are in the file {_SECRETS} [default: embedded, or compose when these are set]",
    )
    group.addoption("--shenbao-artefacts", default="build/artefacts", help="where failed tests leave logs and events")


class GivenStack(Stack):
    """A suite in profile test that somebody else runs; secrets: the file that compose was started with."""

    def __init__(self, address: str, secrets: Path) -> None:
        super().__init__(Plan(folder=secrets.parent, profile="test"))
        lines = (line.partition("=") for line in secrets.read_text(encoding="utf-8").splitlines())
        given = {name: value.strip("'") for name, _, value in lines}
        self._origin = address
        self.secrets = {
            "portal_client_secret": given["PORTAL_CLIENT_SECRET"],
            "identity_client_secret": given["IDENTITY_CLIENT_SECRET"],
            "demo_password": given["IDENTITY_ADMIN_PASSWORD"],
        }


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Not pytest's own: another run takes that away from PostgreSQL, which is another user when we are root."""
    with own_folder(quick()) as folder:
        yield folder


@pytest.fixture(scope="session")
def stacks() -> Iterator[Nursery]:
    """`with stacks.stack() as mine:` starts one more suite, on fresh databases."""
    with temporary_folder() as folder, Nursery(folder) as nursery:
        yield nursery


@pytest.fixture(scope="session")
def stack_settings() -> Mapping[str, str]:
    """What the suite of the session is told beside the usual; a conftest says it anew."""
    return {}


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The suite of the session, on fresh databases and a free port, without demo data; or the one that is given."""
    given = os.environ.get(_ADDRESS)
    backend = request.config.getoption("--shenbao-backend") or ("compose" if given else "embedded")
    if backend == "compose":
        if not given or _SECRETS not in os.environ:
            raise pytest.UsageError(f"the backend compose needs {_ADDRESS} and {_SECRETS}")
        yield GivenStack(given, Path(os.environ[_SECRETS]))
        return
    broker_url = None
    if backend == "process":
        broker_url = request.getfixturevalue("rabbit").url
        clean(broker_url)
    nursery: Nursery = request.getfixturevalue("stacks")
    extra: Mapping[str, str] = request.getfixturevalue("stack_settings")
    with nursery.stack(split=backend == "process", broker_url=broker_url, extra=extra) as running:
        yield running


@pytest.fixture(scope="session")
def world(stack: Stack) -> Iterator[World]:
    """Its people."""
    with world_of(stack) as people:
        yield people


@pytest.fixture
def events(stack: Stack) -> Iterator[Capture]:
    """What the services of `stack` tell from now on."""
    capture = Capture(stack.url, stack.secrets["identity_client_secret"])
    yield capture
    capture.close()


@pytest.fixture
def split_world(split_stack: Stack) -> Iterator[World]:
    """People who try again when a process was killed under them."""
    with world_of(split_stack, patience=_PATIENCE_UNDER_FAULTS) as people:
        yield people


@pytest.fixture
def split_stack(stacks: Nursery, mortal_rabbit: PrivateRabbit) -> Iterator[Stack]:
    """Web, worker and relay of each service as processes of their own on a broker that may be killed."""
    clean(mortal_rabbit.url)  # an earlier suite's messages are of other databases
    with stacks.stack(split=True, broker_url=mortal_rabbit.url) as running:
        yield running


@pytest.fixture(autouse=True)
def _numbers_of_this_test(request: pytest.FixtureRequest) -> None:
    """The names that a test makes do not depend on which tests ran before it. A suite that is given keeps what earlier
    runs made, so there they stay new."""
    if "world" not in request.fixturenames:
        return
    world: World = request.getfixturevalue("world")
    if not isinstance(request.getfixturevalue("stack"), GivenStack):
        used = request.config.stash.setdefault(_USED, set())
        block = zlib.crc32(request.node.nodeid.encode()) % _BLOCKS
        while block in used:
            block = (block + 1) % _BLOCKS
        used.add(block)
        world.count_from(_FIRST_NUMBER + block * _BLOCK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps what a failed test had, while it is still there."""
    report = yield
    if report.failed and report.when in ("setup", "call"):
        place = item.config.rootpath / item.config.getoption("--shenbao-artefacts")
        kept = artefacts.keep(place, item.nodeid, getattr(item, "funcargs", {}))
        if kept:
            report.sections.append(("shenbao", f"logs, events and screenshots: {kept}"))
    return report


def world_of(stack: Stack, *, patience: float = 0.0) -> World:
    """People of a suite in profile test, where the image code can be asked for."""
    target = Target(
        url=stack.url,
        client_secret=stack.secrets["portal_client_secret"],
        read_image_code=partial(_read_image_code, stack.url("identity")),
        patience=patience,
        clock_moved=stack.clock.moved,
    )
    return World(target, stack.secrets["demo_password"])


def _read_image_code(identity: str, image_code_id: str) -> str:
    answer = httpx.get(f"{identity}/v1/test/image-codes/{image_code_id}", timeout=10)
    return str(answer.raise_for_status().json()["code"])
