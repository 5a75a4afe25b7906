"""Processes that belong to this one: they end when it ends, however it ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_NOBODY_ELSE = -1


def bound_to_parent(command: list[str], on_parent_death: signal.Signals, user: int | None = None) -> list[str]:
    """The same command, as that user; on Linux it gets the signal when the thread that started it is gone."""
    if not sys.platform.startswith("linux") and user is None:
        return command
    uid = _NOBODY_ELSE if user is None else user
    numbers = [str(int(on_parent_death)), str(os.getpid()), str(uid)]
    return [sys.executable, "-I", "-S", __file__, *numbers, *command]


def _become(number: int, parent: int, user: int, command: list[str]) -> None:
    if user != _NOBODY_ELSE:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)  # after setuid, which clears it
        if os.getppid() != parent:  # it died before the call above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  (the command is ours)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
