"""What a test waits for: the first suite of a session, one more, and a journey that takes a week in an office."""

import time
from pathlib import Path

from shenbao_stack.demo import publicity
from shenbao_stack.demo.town import Town
from shenbao_stack.nursery import Nursery
from shenbao_stack.stack import Stack
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import until

FIRST, SECOND, WEEK = 8.0, 3.0, 10.0


def measure() -> list[tuple[str, str, str, bool]]:
    """Seconds; the caches of the machine are warm after the round before."""
    with temporary_folder() as warming:
        _measured(warming)
    with temporary_folder() as folder:
        first, second, week = _measured(folder)
    return [
        _row("kit: first embedded suite of a session, warm", first, FIRST),
        _row("kit: second suite of the same session", second, SECOND),
        _row("kit: journey with a publicity of five working days, by the moved clock", week, WEEK),
    ]


def _row(what: str, seconds: float, limit: float) -> tuple[str, str, str, bool]:
    return what, f"{seconds:.1f} s", f"<= {limit:.0f} s", seconds <= limit


def _measured(folder: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    with Nursery(folder / "nursery") as nursery, nursery.stack():
        first = time.perf_counter() - began
        began = time.perf_counter()
        with nursery.stack() as stack:
            second = time.perf_counter() - began
            return first, second, _week(stack, folder / publicity.KEY)


def _week(stack: Stack, pack: Path) -> float:
    """From an empty suite to a case that passed because nobody objected in five working days."""
    began = time.perf_counter()
    with world_of(stack) as world:
        stack.clock.set(publicity.MONDAY)
        town = Town(world)
        publicity.publish(town, pack, publicity.TERMS)
        notice = publicity.posted(town)
        stack.clock.move(days=7)
        until(lambda: [case["state"] for case in notice.now()["cases"]] == ["passed"], what="passed")
    return time.perf_counter() - began
