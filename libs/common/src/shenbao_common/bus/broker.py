"""What relay and consumer share of dealing with a broker that comes and goes."""

import random
import threading

import amqp
import kombu.exceptions

BROKER_FAULTS: tuple[type[Exception], ...] = (
    OSError,
    amqp.exceptions.AMQPError,
    kombu.exceptions.OperationalError,
)
"""The broker or the way to it failed; connecting anew may help. A timeout is an OSError."""


class Backoff:
    """Growing, scattered pauses between tries to get back something that is away."""

    def __init__(self, first: float = 0.1, most: float = 10.0) -> None:
        self._first = first
        self._most = most
        self._pause = first

    def next(self) -> float:
        pause = self._pause * random.uniform(0.7, 1.0)  # noqa: S311  (no secret: so that not all come at once)
        self._pause = min(self._most, self._pause * 2)
        return pause

    def wait(self, stop: threading.Event) -> None:
        stop.wait(self.next())

    def reset(self) -> None:
        self._pause = self._first
