"""Whether an answer betrays by its time what it does not say."""

import time
from collections.abc import Callable, Mapping

_MORE = 1.5
"""So many times the quickest way may another take; a hash of a password, or a second trip, is far more."""


def tell_apart(ways: Mapping[str, Callable[[int], object]], *, rounds: int = 12) -> dict[str, float]:
    """Seconds of each way when one is slower than another, else nothing. Each is given the number of its round.

    They go in turns, and the quickest of each counts: what other work on the machine adds is no difference.
    """
    took: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            way(number)
            took[name].append(time.perf_counter() - begun)
    quickest = {name: min(times) for name, times in took.items()}
    return quickest if max(quickest.values()) > _MORE * min(quickest.values()) else {}
