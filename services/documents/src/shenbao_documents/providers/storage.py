"""Keeps bytes in a folder under their own hash: written once, whole or not at all, the same content only once."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that have arrived but are not kept yet; size counts at most one byte more than the limit."""

    path: Path
    size: int
    sha256: str


class Busy(Exception):
    """Another request is writing to the same unfinished file."""


class WrongPlace(Exception):
    """The next byte of the unfinished file is another one."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


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

    def append(self, key: UUID, stream: BinaryIO, *, offset: int, limit: int) -> int:
        """Adds to an unfinished file what comes after `offset`; answers its new size, at most one more than `limit`.

        Raises WrongPlace when it is of another size, Busy while another request is writing to it.
        """
        with self._part(key).open("ab") as target:
            try:
                fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise Busy from busy
            size = target.tell()
            if size != offset:
                raise WrongPlace(size)
            while size <= limit and (chunk := stream.read(min(_CHUNK, limit + 1 - size))):
                target.write(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        return size

    def size_of_part(self, key: UUID) -> int:
        """How much of an unfinished file is here."""
        path = self._part(key)
        return path.stat().st_size if path.exists() else 0

    @contextmanager
    def completed(self, key: UUID) -> Iterator[Incoming]:
        """An unfinished file that is whole now; it stays until it is kept or dropped."""
        path = self._part(key)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        yield Incoming(path, path.stat().st_size, digest)

    def drop_part(self, key: UUID) -> None:
        self._part(key).unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        """Forgets the bytes; the caller knows that nothing stands on them."""
        self._place(sha256).unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> None:
        """Moves the bytes to their place in one step; the same bytes twice are one file."""
        place = self._place(incoming.sha256)
        place.parent.mkdir(exist_ok=True)
        os.replace(incoming.path, place)
        _make_durable(place.parent)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as a seekable stream, which the caller closes."""
        return self._place(sha256).open("rb")

    def path(self, sha256: str) -> Path:
        """Where the bytes lie, for a process of ours that reads them itself."""
        return self._place(sha256)

    def sweep(self, *, seconds: float) -> None:
        """Removes what was left on its way so long ago."""
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > seconds:
                    path.unlink()

    def _part(self, key: UUID) -> Path:
        return self._incoming / f"part-{key}"

    def _place(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def _make_durable(folder: Path) -> None:
    # A new name survives a power cut only when its folder has been written too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
