"""Keeps bytes in a folder under their own hash: written once, whole or not at all, the same content only once."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CHUNK = 256 * 1024
_ABANDONED = 24 * 3600
"""Seconds after which an unfinished file belongs to no running request."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that have arrived but are not kept yet; size counts at most one byte more than the limit."""

    path: Path
    size: int
    sha256: str


class FolderStorage:
    """One folder: `ab/abcdef…` for what is kept, `incoming/` for what is on its way."""

    def __init__(self, folder: str | Path) -> None:
        self._root = Path(folder)
        self._incoming = self._root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def receive(self, stream: BinaryIO, *, limit: int) -> Iterator[Incoming]:
        """Copies a stream chunk by chunk; reading ends one byte after the limit. Gone afterwards unless kept."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        path = Path(name)
        try:
            digest, size = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as target:
                while size <= limit and (chunk := stream.read(min(_CHUNK, limit + 1 - size))):
                    digest.update(chunk)
                    target.write(chunk)
                    size += len(chunk)
                target.flush()
                os.fsync(target.fileno())
            yield Incoming(path, size, digest.hexdigest())
        finally:
            path.unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> None:
        """Moves the bytes to their place in one step; the same bytes twice are one file."""
        place = self._place(incoming.sha256)
        place.parent.mkdir(exist_ok=True)
        os.replace(incoming.path, place)
        _make_durable(place.parent)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as a seekable stream, which the caller closes."""
        return self._place(sha256).open("rb")

    def sweep(self) -> None:
        """Removes what a killed process left on its way."""
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def _place(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def _make_durable(folder: Path) -> None:
    # A new name survives a power cut only when its folder has been written too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
