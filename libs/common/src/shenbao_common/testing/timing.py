"""Whether an answer betrays by its time what it does not say."""

import time
from collections.abc import Callable, Mapping

_MORE = 1.5
"""So many times the quickest way may another take; a hash of a password, or a second trip, is far more."""
_LEAST, _MOST = 8, 20


def tell_apart(ways: Mapping[str, Callable[[int], object]]) -> dict[str, float]:
    """Seconds of each way when one stays slower than another, else nothing. Each is given the number of its round.

    They go in turns, and the quickest of each counts: what other work on the machine adds is no difference. On a busy
    machine it takes more rounds until each has had its quick one.
    """
    quickest = dict.fromkeys(ways, float("inf"))
    for number in range(_MOST):
        for name, way in ways.items():
            begun = time.perf_counter()
            way(number)
            quickest[name] = min(quickest[name], time.perf_counter() - begun)
        if number >= _LEAST and max(quickest.values()) <= _MORE * min(quickest.values()):
            return {}
    return quickest
