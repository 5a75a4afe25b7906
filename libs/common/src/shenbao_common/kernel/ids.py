"""Ids that sort by time (RFC 9562 version 7)."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Milliseconds, their 4,096th parts (RFC 9562, 6.2, method 3), then 62 random bits.

    Those that one process makes sort as they were made; unguessable enough for a key, never a secret.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    part = nanoseconds * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | random)
