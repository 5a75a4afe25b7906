"""Processes that belong to this one: they end when it ends, however it ends."""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_NOBODY_ELSE = -1
_GROUP = Path("/proc/self/autogroup")
_AGAIN_AFTER = 0.1
"""Seconds; Linux takes one such wish of an ordinary user in that time."""


def bound_to_parent(
    command: list[str], on_parent_death: signal.Signals, user: int | None = None, nice: int = 0
) -> list[str]:
    """The same command, as that user and so nice to others; on Linux it gets the signal when the thread that started it
    is gone."""
    if not sys.platform.startswith("linux") and user is None and not nice:
        return command
    uid = _NOBODY_ELSE if user is None else user
    numbers = [str(int(on_parent_death)), str(os.getpid()), str(uid), str(nice)]
    return [sys.executable, "-I", "-S", __file__, *numbers, *command]


def _become(number: int, parent: int, user: int, nice: int, command: list[str]) -> None:
    if nice:
        _step_behind(nice)
    if user != _NOBODY_ELSE:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)  # after setuid, which clears it
        if os.getppid() != parent:  # it died before the call above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  (the command is ours)


def _step_behind(nice: int) -> None:
    """Among the processes of its session, and the session among others where Linux weighs them whole (autogroup)."""
    os.nice(nice)
    with suppress(FileNotFoundError):
        while True:
            try:
                _GROUP.write_text(str(nice))
                return
            except BlockingIOError:
                time.sleep(_AGAIN_AFTER)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
