"""The split suite carries on whichever of its processes dies."""

import threading
from concurrent.futures import ThreadPoolExecutor

from shenbao_stack import job, ledger
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import World, done


def test_a_registration_ends_well_though_processes_are_killed_on_the_way(
    split_stack: Stack, split_world: World
) -> None:
    bureau = split_world.new_office("city_hr_bureau", split_world.new_office("province"))
    for name in ("units.web", "identity.worker", "units.relay"):
        split_stack.kill(name)
    department = split_world.new_office("first_level_department", bureau)
    for name in ("identity.web", "gateway"):
        split_stack.kill(name)
    unit = split_world.register_unit(department)
    sub_account = split_world.new_sub_account(unit)
    assert done(sub_account.user.call("GET", "identity", "/v1/me"))["unit_id"] == unit.id


def test_every_process_that_is_killed_comes_back(split_stack: Stack) -> None:
    names = [f"{service}.{part}" for service in SERVICES for part in ("web", "worker", "relay")]
    assert set(split_stack.processes) == {*names, "portal.web", "gateway"}
    for name in split_stack.processes:
        split_stack.kill(name)
    until(lambda: all(p.starts > 1 and p.pid for p in split_stack.processes.values()), seconds=30, what="all are back")
    split_stack.wait_until_ready()


def test_the_job_goes_on_while_every_service_is_restarted_one_after_the_other(
    split_stack: Stack, split_world: World
) -> None:
    """The processes of one service after the other end by SIGTERM and start again, under people who go on working. The
    version is the same: that a newer one suits the older is held by the rules for migrations and events."""
    town = Town(split_world)
    department, project = town.department(), town.project(town.bureau, INTERMEDIATE)
    unit = town.unit(department)
    unit.user.follow(town.bureau.user)
    replaced = threading.Event()

    def declare_until_replaced() -> list[str]:
        made: list[str] = []
        while not made or not replaced.is_set():
            application = town.reported(unit.user, project)
            done(job.decide(department.user, application, "pass", after=unit.user))
            done(job.decide(town.bureau.user, application, "pass", after=department.user))
            made.append(application)
        return made

    with ThreadPoolExecutor(1) as people:
        going_on = people.submit(declare_until_replaced)
        try:
            for service in SERVICES:
                split_stack.replace(*(f"{service}.{part}" for part in ("worker", "relay", "web")))
            split_stack.replace("portal.web")
        finally:
            replaced.set()
        made = going_on.result()
    assert all(process.starts == 2 for name, process in split_stack.processes.items() if name != "gateway")
    until(lambda: {job.shown(unit.user, a)["status"] for a in made} == {"approved"}, seconds=60, what="all approved")
    until(lambda: ledger.unheard(split_stack) == {}, seconds=60, what="every inbox holds what it was told")
    for application in made:
        log = done(unit.user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
        assert [line["action"] for line in log] == ["report", "pass", "pass"]
