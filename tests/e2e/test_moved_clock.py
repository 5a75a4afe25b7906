"""The acceptance of the moved clock: what takes a week in an office takes seconds in a test."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.services import root
from shenbao_stack.testing import world_of
from shenbao_stack.waiting import until
from shenbao_stack.world import done, settled

KEY = "publicity_by_clock"
MONDAY = datetime(2026, 12, 7, 9, tzinfo=OFFICE_ZONE)


def publish_with_publicity(town: Town, folder: Path) -> None:
    """The first programme under another key, with publicity of five working days at the department."""
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "试点").replace("认定", "核定")
    decided = "decider: supervising_department, actions: [pass, return]"
    terms = "publicity: {working_days: 5, count_first_day: true, fields: [basic.declared_title]}"
    pack.write_text(text.replace(decided, f"{decided}, {terms}"), encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")


@pytest.mark.req("B-25")
def test_an_open_publicity_closes_within_a_second_when_the_clock_moves_by_seven_days(
    stacks: Nursery, tmp_path: Path
) -> None:
    with stacks.stack() as stack, world_of(stack) as world:
        stack.clock.set(MONDAY)
        town = Town(world)
        publish_with_publicity(town, tmp_path / KEY)
        department = town.department()
        project: dict[str, Any] = town.project(department, PRIMARY, programme=KEY)
        unit = town.unit(department)
        unit.user.follow(department.user)
        application = town.reported(unit.user, project)
        officer = department.user
        officer.follow(unit.user)
        done(officer.call("GET", "review", f"/v1/cases/{application}"))
        path, ids = "/v1/applications/publicity-sheet", {"ids": [application]}
        sheet = until(lambda: done(officer.call("POST", "applications", path, ids))["sheet"], what="at the department")
        posted = {"title": "关于职称评审结果的公示", "sheet": sheet}
        notice = done(officer.call("POST", "review", "/v1/publicities", posted))
        public = f"/v1/public/publicities/{notice['publicity_id']}"
        assert (notice["last_day"], notice["state"]) == ("2026-12-11", "running")
        assert world.visitor().call("GET", "review", public).status_code == 200

        stack.clock.move(days=7)

        visitor = world.visitor()
        until(lambda: visitor.call("GET", "review", public).status_code == 404, seconds=1, what="taken down")
        ended = done(officer.call("GET", "review", f"/v1/publicities/{notice['publicity_id']}"))
        assert [case["state"] for case in ended["cases"]] == ["passed"]
