"""The split suite carries on whichever of its processes dies."""

from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import World, done


def test_a_registration_ends_well_though_processes_are_killed_and_every_one_that_is_killed_comes_back(
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

    names = [f"{service}.{part}" for service in SERVICES for part in ("web", "worker", "relay")]
    assert set(split_stack.processes) == {*names, "portal.web", "gateway"}
    before = {name: process.starts for name, process in split_stack.processes.items()}
    for name in split_stack.processes:
        split_stack.kill(name)
    processes = split_stack.processes
    until(
        lambda: all(p.starts > before[name] and p.pid for name, p in processes.items()), seconds=30, what="all are back"
    )
    split_stack.wait_until_ready()
