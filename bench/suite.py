"""The whole suite as in production, processes for web, worker and relay, with a unit that declares; and its clients."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.stack import Stack
from shenbao_stack.testing import world_of
from shenbao_stack.world import settled

PAPER = "evaluation_form_file"
PREFER = {"Prefer": "return=minimal"}
"""As a form that saves itself asks: it has what it sent."""
_IDLE = 30.0
"""Seconds after which a connection is opened anew: services close theirs after 75, and who sends must close first."""


@dataclass
class Declarer:
    """The work account of a unit, in one open project of the small programme, with its paper uploaded."""

    stack: Stack
    town: Town
    user: User
    project: Mapping[str, Any]
    receipt: str
    _renewal: threading.Lock = field(default_factory=threading.Lock)
    _own: threading.local = field(default_factory=threading.local)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, Mapping[str, str]]:
        """One call of the service applications over a connection that each thread keeps; anything but success fails."""
        for access in (self.user.tokens.access, None):
            answer, status, told = self._once(method, path, body, access or self._renewed(), headers)
            if status != 401:
                break
        if status not in {200, 201}:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer, told

    def _once(
        self, method: str, path: str, body: Any, access: str, headers: Mapping[str, str]
    ) -> tuple[Any, int, Mapping[str, str]]:
        sent = {"Authorization": f"Bearer {access}", "Content-Type": "application/json", **PREFER, **headers}
        if method == "POST":
            sent["Idempotency-Key"] = uuid4().hex
        # By the service's own port: what stands before it in production is no process of Python.
        base = urlsplit(self.stack.installation.addresses.service("applications"))
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(base.hostname or "", base.port, timeout=60)
        connection: HTTPConnection = self._own.connection
        if time.monotonic() - getattr(self._own, "asked_at", 0.0) > _IDLE:
            connection.close()  # The next request opens it anew.
        self._own.asked_at = time.monotonic()
        connection.request(method, base.path + path, json.dumps(body) if body is not None else None, sent)
        came = connection.getresponse()
        return json.loads(came.read() or b"null"), came.status, dict(came.headers)

    def _renewed(self) -> str:
        """A token lasts minutes; the user's own client renews it."""
        with self._renewal:
            self.user.call("GET", "identity", "/v1/me")
            return self.user.tokens.access


@contextmanager
def declarer() -> Iterator[Declarer]:
    """With a private broker; PostgreSQL writes without waiting for the disk."""
    with (
        closing(PrivateRabbit().start()) as rabbit,
        own_folder(usual()) as folder,
        Nursery(folder / "nursery") as nursery,
        nursery.stack(split=True, broker_url=rabbit.url, extra={"SHENBAO_WORKERS_NICE": "6"}) as stack,
        world_of(stack) as world,
    ):
        town = Town(world)
        department = town.department()
        project = town.project(department)
        unit = town.unit(department)
        unit.user.follow(department.user)
        settled(unit.user, "applications", "documents", "review")
        taken = job.upload(unit.user, job.pdf(), job.material(project, PAPER))
        yield Declarer(stack, town, unit.user, project, str(taken.raise_for_status().json()["receipt"]))
