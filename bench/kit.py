"""What a test waits for: the first suite of a session, and one more."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from shenbao_stack.nursery import Nursery

FIRST, SECOND = 8.0, 3.0


def measure() -> list[tuple[str, str, str, bool]]:
    """Seconds until every service answers; the caches of the machine are warm after the round before."""
    with TemporaryDirectory(prefix="shenbao-bench-") as warming:
        _seconds_of_two(Path(warming))
    with TemporaryDirectory(prefix="shenbao-bench-") as folder:
        first, second = _seconds_of_two(Path(folder))
    return [
        ("kit: first embedded suite of a session, warm", f"{first:.1f} s", f"<= {FIRST:.0f} s", first <= FIRST),
        ("kit: second suite of the same session", f"{second:.1f} s", f"<= {SECOND:.0f} s", second <= SECOND),
    ]


def _seconds_of_two(folder: Path) -> tuple[float, float]:
    began = time.perf_counter()
    with Nursery(folder) as nursery, nursery.stack():
        first = time.perf_counter() - began
        began = time.perf_counter()
        with nursery.stack():
            return first, time.perf_counter() - began
