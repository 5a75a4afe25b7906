"""People who go on declaring, reporting, returning and passing, whatever happens around them."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.world import Office, World, done

PEOPLE = 2
_STRAIGHT = ["report", "pass", "pass"]
_RETURNED = ["report", "return", "report", "pass", "pass"]


@dataclass
class Load:
    """Used in a `with`: journeys begin until it ends, and every one that was begun is finished.

    ended: applications with whose they are and what their log must say.
    """

    world: World
    ended: dict[str, tuple[User, list[str]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._town = Town(self.world)
        self._project = self._town.project(self._town.bureau, INTERMEDIATE)
        self._pool = ThreadPoolExecutor(PEOPLE)
        self._going_on: list[Future[None]] = []
        for _ in range(PEOPLE):
            department = self._town.department()
            unit = self._town.unit(department)
            unit.user.follow(self._town.bureau.user)
            self._going_on.append(self._pool.submit(self._go_on, unit.user, department))
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True)
        for one in self._going_on:
            one.result()

    def _go_on(self, user: User, department: Office) -> None:
        bureau = Office(self._town.bureau.id, "", "", self.world.new_officer(self._town.bureau.id))
        number = 0
        while not self._stop.is_set():
            number += 1
            self._journey(user, department.user, bureau.user, with_return=number % 2 == 0)

    def _journey(self, user: User, officer: User, bureau: User, *, with_return: bool) -> None:
        application = self._town.ready(user, self._project)
        _report(user, application)
        if with_return:
            done(job.decide(officer, application, "return", "学历证书不清晰", after=user))
            user.follow(officer)
            sections = job.shown(user, application)["sections"]
            done(job.save(user, application, sections))
            _report(user, application)
        done(job.decide(officer, application, "pass", after=user))
        done(job.decide(bureau, application, "pass", after=officer))
        self.ended[application] = (user, _RETURNED if with_return else _STRAIGHT)


def _report(user: User, application: str) -> None:
    (result,) = done(job.report(user, [application]))["results"]
    if result["result"] != "reported":
        raise AssertionError(result)
