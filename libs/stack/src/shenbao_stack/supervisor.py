"""Keeps named processes running: one that dies is started again; all end together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shenbao_stack.process import bound_to_parent

_LOOK_EVERY = 0.3
_EARLY = 10.0
_LONGEST_PAUSE = 5.0
_GRACE_SECONDS = 15.0


class DidNotStart(Exception):
    """Something ended where it should have gone on; the text says where to look."""


@dataclass
class Process:
    """One process by name.

    nice: how far it stands behind the others for a busy processor, as nice(1) counts. starts: how often it was started.
    early_deaths: how often in a row it ended by itself soon after its start; it waits longer each time before the next.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    nice: int = 0
    starts: int = 0
    early_deaths: int = 0
    held: bool = False
    not_before: float = 0.0
    started_at: float = 0.0
    running: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        return self.running.pid if self.running and self.running.poll() is None else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                bound_to_parent(self.command, signal.SIGTERM, nice=self.nice),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the rest in order
            )
        self.starts += 1
        self.started_at = time.monotonic()

    def seen_dead(self) -> None:
        """Plans the next start; a death by SIGKILL was wanted, and is no reason to wait."""
        lived = time.monotonic() - self.started_at
        by_itself = self.running is not None and self.running.returncode != -signal.SIGKILL
        self.early_deaths = self.early_deaths + 1 if by_itself and lived < _EARLY else 0
        self.not_before = time.monotonic() + min(_LONGEST_PAUSE, self.early_deaths * _LOOK_EVERY)
        self.running = None

    def signal(self, number: signal.Signals) -> None:
        """To the process and all its children."""
        if self.running and self.pid:
            try:
                os.killpg(self.running.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """Starts what it is given, watches it from one thread, stops it."""

    def __init__(self) -> None:
        self.processes: dict[str, Process] = {}
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._watching: threading.Thread | None = None
        self._lock = threading.Lock()

    def add(self, process: Process) -> None:
        with self._lock:
            self.processes[process.name] = process

    def add_beside(self, process: Process) -> None:
        """One more of a name that is taken; `hand_over` gives it the name."""
        process.log = process.log.with_suffix(f".next{process.log.suffix}")
        with self._lock:
            self.processes[_next(process.name)] = process

    def hand_over(self, *names: str) -> None:
        """SIGTERM to the processes of these names, their end, and those beside them have the names."""
        with self._lock:
            old = [self.processes[name] for name in names]
            for process in old:
                process.held = True
        for process in old:
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in old:
            _end(process, deadline)
        with self._lock:
            self.processes |= {name: self.processes.pop(_next(name)) for name in names}

    def start(self) -> None:
        """Every process is started by the watching thread, because it ends with the thread that started it."""
        self._watching = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watching.start()

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills a process with its children, waits until it is gone; it will be started again."""
        process = self.processes[name]
        killed = process.running
        process.signal(number)
        if killed:
            killed.wait(timeout=_GRACE_SECONDS)

    def hold(self, name: str) -> None:
        """Kills a process and keeps it down until `release`."""
        with self._lock:
            process = self.processes[name]
            process.held = True
        self.kill(name)

    def release(self, name: str) -> None:
        with self._lock:
            self.processes[name].held = False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        with self._lock:
            self._stopping.set()
        for process in self.processes.values():
            process.signal(how)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self.processes.values():
            _end(process, deadline)
        self._ended.set()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._start_missing()
            self._stopping.wait(_LOOK_EVERY)
        self._ended.wait()

    def _start_missing(self) -> None:
        with self._lock:
            for process in self.processes.values():
                if self._stopping.is_set():
                    return
                if process.running and process.pid is None:
                    process.seen_dead()
                if process.running is None and not process.held and time.monotonic() >= process.not_before:
                    process.start()


def _next(name: str) -> str:
    return f"{name}.next"


def _end(process: Process, deadline: float) -> None:
    if process.running is None:
        return
    try:
        process.running.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.signal(signal.SIGKILL)
        process.running.wait()
