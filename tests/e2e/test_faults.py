"""Processes and the broker die in the middle of the job: it ends as if nothing had happened.

No event is lost or applied twice: afterwards every service's inbox holds exactly what the others' outboxes tell it.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_stack import job, ledger
from shenbao_stack.demo.town import FORM, INTERMEDIATE, Town
from shenbao_stack.services import PORTAL, SERVICES
from shenbao_stack.shapes import GATEWAY
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, World, done

_SETTLED_SECONDS = 60.0
Made = TypeVar("Made")


@dataclass(frozen=True)
class Scene:
    """A unit that declares somebody for the intermediate tier."""

    town: Town
    department: Office
    unit: Unit
    project: Mapping[str, Any]

    def report(self, application: str) -> None:
        assert [r["result"] for r in done(job.report(self.unit.user, [application]))["results"]] == ["reported"]

    def correct(self, application: str, school: str) -> None:
        self.unit.user.follow(self.department.user)
        sections = job.shown(self.unit.user, application)["sections"]
        sections["experience"]["education"][0]["school"] = school
        assert done(job.save(self.unit.user, application, sections))["status"] == "returned"

    def decide(self, office: Office, application: str, action: str, *, after: Any) -> None:
        opinion = "学历证书不清晰" if action == "return" else ""
        done(job.decide(office.user, application, action, opinion, after=after))


def scene(world: World) -> Scene:
    town = Town(world)
    department = town.department("D1")
    project = town.project(town.bureau, INTERMEDIATE)
    unit = town.unit(department)
    unit.user.follow(town.bureau.user)
    return Scene(town, department, unit, project)


def during(stack: Stack, names: tuple[str, ...], act: Callable[[], Made]) -> Made:
    """Does something while these processes are killed with SIGKILL."""
    with ThreadPoolExecutor(len(names)) as killers:
        deaths = [killers.submit(stack.kill, name) for name in names]
        made = act()
        for death in deaths:
            death.result()
    return made


def test_the_job_ends_well_although_every_process_is_killed_on_its_way(split_stack: Stack, split_world: World) -> None:
    killed: list[str] = []

    def amid(act: Callable[[], Made], *names: str) -> Made:
        killed.extend(names)
        return during(split_stack, names, act)

    town = Town(split_world)
    department = town.department("D1")
    project = amid(lambda: town.project(town.bureau, INTERMEDIATE), "units.worker", "applications.worker")
    unit = amid(lambda: town.unit(department), "units.web", "units.relay", "identity.worker")
    unit.user.follow(town.bureau.user)
    at = Scene(town, department, unit, project)
    reservation = {"username": f"{unit.user.username}x"}
    path = "/v1/sub-account-reservations"
    amid(lambda: done(unit.user.call("POST", "identity", path, reservation)), "identity.web", "identity.relay")
    application = amid(lambda: town.ready(unit.user, project), "documents.web", "documents.worker", "documents.relay")
    amid(lambda: at.report(application), "applications.web", "applications.relay", "review.worker")
    amid(lambda: at.decide(department, application, "return", after=unit.user), "review.web", "review.relay")
    amid(lambda: at.correct(application, "浙江工业大学"), GATEWAY, f"{PORTAL}.web")
    passing_on = [f"subscriptions.{process}" for process in ("web", "worker", "relay")]
    amid(lambda: at.report(application), *passing_on)
    at.decide(department, application, "pass", after=unit.user)
    at.decide(town.bureau, application, "pass", after=department.user)
    unit.user.follow(town.bureau.user)

    assert set(killed) == set(split_stack.processes)
    _ensure_ended(split_stack, at, application)


def test_the_job_ends_well_although_the_broker_is_killed_and_loses_its_disk(
    split_stack: Stack, split_world: World, mortal_rabbit: PrivateRabbit
) -> None:
    at = scene(split_world)
    application = at.town.ready(at.unit.user, at.project)
    mortal_rabbit.kill9()
    at.report(application)
    mortal_rabbit.start()
    at.decide(at.department, application, "return", after=at.unit.user)
    mortal_rabbit.kill9()
    mortal_rabbit.wipe()
    _correct_while_review_is_silent(split_stack, at, application, mortal_rabbit)
    mortal_rabbit.kill9()
    at.decide(at.department, application, "pass", after=at.unit.user)
    at.decide(at.town.bureau, application, "pass", after=at.department.user)
    mortal_rabbit.wipe()
    mortal_rabbit.start()
    at.unit.user.follow(at.town.bureau.user)

    _ensure_ended(split_stack, at, application)


def _correct_while_review_is_silent(stack: Stack, at: Scene, application: str, broker: PrivateRabbit) -> None:
    """The broker comes back empty, to workers that died meanwhile."""
    for service in ("review", "documents"):
        stack.hold(f"{service}.worker")
    broker.start()
    at.correct(application, "浙江工业大学")
    at.report(application)
    for service in ("review", "documents"):
        stack.release(f"{service}.worker")
    at.department.user.follow(at.unit.user)
    until(lambda: _round(at, application) == 2, seconds=_SETTLED_SECONDS, what="the second round at review")


def _round(at: Scene, application: str) -> int:
    return int(done(at.department.user.call("GET", "review", f"/v1/cases/{application}"))["round"])


def _ensure_ended(stack: Stack, at: Scene, application: str) -> None:
    user = at.unit.user
    until(lambda: job.shown(user, application)["status"] == "approved", seconds=_SETTLED_SECONDS, what="approved")
    log = done(user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    assert [line["action"] for line in log] == ["report", "return", "report", "pass", "pass"]
    assert job.print_form(user, application, FORM)["watermark"] is False
    until(lambda: ledger.unheard(stack) == {}, seconds=_SETTLED_SECONDS, what="every inbox holds what it was told")
    assert {s: ledger.wrong_positions(stack, s) for s in SERVICES} == {s: [] for s in SERVICES}
    assert ledger.told_of(stack, "applications", application) == [
        "applications.created",
        "applications.submitted",
        "applications.saved",
        "applications.resubmitted",
        "applications.approved",
    ]


@pytest.fixture(autouse=True)
def _broker_is_up_again(mortal_rabbit: PrivateRabbit) -> Any:
    """Whatever a failed test left: the broker of the run serves those who come after."""
    yield
    mortal_rabbit.kill9()
    mortal_rabbit.start()
