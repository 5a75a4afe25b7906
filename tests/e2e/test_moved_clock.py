"""The acceptance of the moved clock: what takes a week in an office takes seconds in a test."""

from pathlib import Path

import pytest

from shenbao_stack.demo import publicity
from shenbao_stack.demo.town import Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.testing import world_of
from shenbao_stack.waiting import until


@pytest.mark.req("B-25")
def test_an_open_publicity_closes_within_a_second_when_the_clock_moves_by_seven_days(
    stacks: Nursery, tmp_path: Path
) -> None:
    with stacks.stack() as stack, world_of(stack) as world:
        stack.clock.set(publicity.MONDAY)
        town = Town(world)
        publicity.publish_programme(town, tmp_path / publicity.KEY)
        notice = publicity.posted(town)
        assert (notice.posted["last_day"], notice.posted["state"]) == ("2026-12-11", "running")
        assert world.visitor().call("GET", "review", notice.public).status_code == 200

        stack.clock.move(days=7)

        visitor = world.visitor()
        until(lambda: visitor.call("GET", "review", notice.public).status_code == 404, seconds=1, what="taken down")
        assert [case["state"] for case in notice.now()["cases"]] == ["passed"]
