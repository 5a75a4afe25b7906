"""Pytest fixtures that start the suite: imported by the conftest of whoever tests against it.

from shenbao_stack.testing import split_stack, split_world, stack, world  # noqa: F401
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from shenbao_common.testing.rabbit import PrivateRabbit, clean
from shenbao_stack.client import Target
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.world import World

_PATIENCE_UNDER_FAULTS = 60.0


class GivenStack(Stack):
    """A suite in profile test that somebody else runs; secrets: the file that compose was started with."""

    def __init__(self, address: str, secrets: Path) -> None:
        super().__init__(Plan(folder=secrets.parent, profile="test"))
        lines = (line.partition("=") for line in secrets.read_text(encoding="utf-8").splitlines())
        given = {name: value.strip("'") for name, _, value in lines}
        self._origin = address
        self.secrets = {
            "portal_client_secret": given["PORTAL_CLIENT_SECRET"],
            "demo_password": given["IDENTITY_ADMIN_PASSWORD"],
        }


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Not pytest's own: another run takes that away from PostgreSQL, which is another user when we are root."""
    with tempfile.TemporaryDirectory(prefix="shenbao-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The embedded suite on fresh databases and a free port, without demo data; or the one of SHENBAO_TEST_URL."""
    if address := os.environ.get("SHENBAO_TEST_URL"):
        yield GivenStack(address, Path(os.environ["SHENBAO_TEST_SECRETS"]))
        return
    with temporary_folder() as folder, Stack(Plan(folder=folder, profile="test")) as running:
        yield running


@pytest.fixture(scope="session")
def world(stack: Stack) -> Iterator[World]:
    """Its people."""
    with world_of(stack) as people:
        yield people


@pytest.fixture
def split_world(split_stack: Stack) -> Iterator[World]:
    """People who try again when a process was killed under them."""
    with world_of(split_stack, patience=_PATIENCE_UNDER_FAULTS) as people:
        yield people


@pytest.fixture
def split_stack(mortal_rabbit: PrivateRabbit) -> Iterator[Stack]:
    """Web, worker and relay of each service as processes of their own on a broker that may be killed."""
    clean(mortal_rabbit.url)  # an earlier suite's messages are of other databases
    with temporary_folder() as folder:
        plan = Plan(folder=folder, profile="test", split=True, broker_url=mortal_rabbit.url)
        with Stack(plan) as running:
            yield running


def world_of(stack: Stack, *, patience: float = 0.0) -> World:
    """People of a suite in profile test, where the image code can be asked for."""
    target = Target(
        url=stack.url,
        client_secret=stack.secrets["portal_client_secret"],
        read_image_code=partial(_read_image_code, stack.url("identity")),
        patience=patience,
    )
    return World(target, stack.secrets["demo_password"])


def _read_image_code(identity: str, image_code_id: str) -> str:
    answer = httpx.get(f"{identity}/v1/test/image-codes/{image_code_id}", timeout=10)
    return str(answer.raise_for_status().json()["code"])
