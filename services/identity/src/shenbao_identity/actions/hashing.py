"""Argon2id (RFC 9106) in a bounded pool: a rush of sign-ins waits in line and leaves the processors to the others."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from threading import BoundedSemaphore, local
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from shenbao_common.kernel.errors import Busy

T = TypeVar("T")

# 19 MiB and two passes: the smallest of OWASP's equivalent choices, about 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# For passwords that we make: 70 random bits withstand guessing by themselves, and of them there are a thousand at once.
_light = PasswordHasher(time_cost=1, memory_cost=4096, parallelism=1)
WORKERS = max(1, (os.cpu_count() or 2) // 2)
WAITING = 11
"""How many may wait in line; each holds one of the image's twenty threads, and the rest serve everybody else."""

_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="identity.argon2")
_places = BoundedSemaphore(WORKERS + WAITING)
_own = local()
"""Whether this thread has its place already."""


def hashed(password: str) -> str:
    return _in_line(lambda: _hasher.hash(password))


def hashed_random(password: str) -> str:
    """Of a password that we made; costs a tenth."""
    return _in_line(lambda: _light.hash(password))


def is_light(stored: str) -> bool:
    return not _light.check_needs_rehash(stored)


def is_of(stored: str, password: str) -> bool:
    """Whether the hash is of this password."""
    return _in_line(lambda: _verified(stored, password))


def is_weak(stored: str) -> bool:
    """Whether it was made with smaller parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False


@contextmanager
def place() -> Iterator[None]:
    """A place in line for what is hashed inside; refuses with `sign_in_busy` where the line is full."""
    if not _places.acquire(blocking=False):
        raise Busy("sign_in_busy", retry_after=1)
    _own.held = True
    try:
        yield
    finally:
        _own.held = False
        _places.release()


def _in_line(work: Callable[[], T]) -> T:
    with nullcontext() if getattr(_own, "held", False) else place():
        return _pool.submit(work).result()
