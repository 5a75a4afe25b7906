"""Where tests keep data that nobody needs after them."""

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108  (each takes a folder of its own in it)
_ENOUGH = 4 * 1024**3


def quick() -> Path | None:
    """In memory where there is plenty, else None for the usual temporary folder: a database is 300 files, whose making
    takes half a second on a disk that others use too, and ten milliseconds in memory."""
    try:
        return _MEMORY if shutil.disk_usage(_MEMORY).free >= _ENOUGH else None
    except OSError:
        return None
