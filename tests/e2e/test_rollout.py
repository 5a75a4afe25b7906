"""A rollout under people who go on working: each service in two versions on one database and one broker."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean
from shenbao_stack import job, ledger, rollout
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.services import EVERYTHING, SERVICES, prefix
from shenbao_stack.stack import Stack
from shenbao_stack.supervisor import Process
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import Unit, done


@pytest.fixture(scope="module")
def previous() -> Iterator[Path | None]:
    with temporary_folder() as folder:
        yield rollout.previous(folder / "previous")


@pytest.fixture
def rolled(stacks: Nursery, mortal_rabbit: PrivateRabbit, previous: Path | None) -> Iterator[Stack]:
    """The suite in its previous version."""
    clean(mortal_rabbit.url)
    with stacks.stack(split=True, broker_url=mortal_rabbit.url, code=previous) as stack:
        yield stack


class People:
    """A unit, its department and the bureau, who declare and decide until they are told to stop."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.department = town.department()
        self.project = town.project(town.bureau, INTERMEDIATE)
        self.unit: Unit = town.unit(self.department)
        self.unit.user.follow(town.bureau.user)
        self.made: list[str] = []
        self.enough = threading.Event()

    def work(self) -> None:
        while not self.enough.is_set():
            unit, department, bureau = self.unit.user, self.department.user, self.town.bureau.user
            application = self.town.reported(unit, self.project)
            done(job.decide(department, application, "pass", after=unit))
            done(job.decide(bureau, application, "pass", after=department))
            self.made.append(application)


def test_people_go_on_while_every_service_is_in_two_versions_at_once(rolled: Stack, previous: Path | None) -> None:
    """From the version of deploy/upgrades-from, on its migrations; from the same code where git has no past."""
    with world_of(rolled, patience=60.0) as world, ThreadPoolExecutor(1) as pool:
        people = People(Town(world, previous))
        working = pool.submit(people.work)
        try:
            for service in EVERYTHING:
                _replace(rolled, service, previous)
        finally:
            people.enough.set()
        working.result()
        _everything_was_done_once(rolled, people)


def _replace(stack: Stack, service: str, previous: Path | None) -> None:
    with rollout.side_by_side(stack, service) as (old, new):
        assert all(process.pid for process in (*old.values(), *new.values()))
        assert [_runs_from(p.environment, previous) for p in old.values()] == [previous is not None] * len(old)
        assert not any(_runs_from(process.environment, previous) for process in new.values())
        _both_answer(stack, service, old[f"{service}.web"], new[f"{service}.web"])
    assert {name: stack.processes[name] for name in new} == new
    assert not any(process.pid for process in old.values())


def _runs_from(environment: object, previous: Path | None) -> bool:
    assert isinstance(environment, dict)
    return str(previous) in environment.get("PYTHONPATH", "")


def _both_answer(stack: Stack, service: str, old: Process, new: Process) -> None:
    """At the one address that all know: each writes a line for each request."""
    before = {process.log: process.log.stat().st_size for process in (old, new)}

    def asked() -> bool:
        httpx.get(f"http://127.0.0.1:{stack.ports[service]}{prefix(service)}/health/live").raise_for_status()
        return all(log.stat().st_size > size for log, size in before.items())

    until(asked, what=f"answers of the old and the new {service}")


def _everything_was_done_once(stack: Stack, people: People) -> None:
    user, made = people.unit.user, people.made
    assert made
    until(lambda: {job.shown(user, a)["status"] for a in made} == {"approved"}, seconds=60, what="all approved")
    until(lambda: ledger.unheard(stack) == {}, seconds=60, what="every inbox holds what it was told")
    for application in made:
        log = done(user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
        assert [line["action"] for line in log] == ["report", "pass", "pass"]
    for service in SERVICES:
        assert ledger.wrong_positions(stack, service) == []
