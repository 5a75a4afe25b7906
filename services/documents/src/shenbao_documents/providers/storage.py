"""Where bytes are kept under their own hash: written once, whole or not at all, the same content only once.

A folder, or a bucket of any server that speaks S3.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

CHUNK = 256 * 1024


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


class Storage(Protocol):
    """What is kept, and what is on its way."""

    def receive(self, stream: BinaryIO, *, limit: int) -> AbstractContextManager[Incoming]:
        """Copies a stream chunk by chunk; reading ends one byte after the limit. Gone afterwards unless kept."""

    def append(self, key: UUID, stream: BinaryIO, *, offset: int, limit: int) -> int:
        """Adds to an unfinished file what comes after `offset`; answers its new size, at most one more than `limit`.

        What had come before the stream broke stays. Raises WrongPlace when the file is of another size, Busy while
        another request is writing to it.
        """

    def size_of_part(self, key: UUID) -> int:
        """How much of an unfinished file is here."""

    def completed(self, key: UUID) -> AbstractContextManager[Incoming]:
        """An unfinished file that is whole now; it stays until it is kept or dropped."""

    def drop_part(self, key: UUID) -> None:
        """Forgets an unfinished file."""

    def keep(self, incoming: Incoming) -> None:
        """Brings the bytes to their place in one step; the same bytes twice are one file."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as a seekable stream, which the caller closes; FileNotFoundError where there are none."""

    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """The bytes as a file, for a process of ours that reads them itself."""

    def remove(self, sha256: str) -> None:
        """Forgets the bytes; the caller knows that nothing stands on them."""

    def sweep(self, *, seconds: float, parts_kept: Collection[UUID] = ()) -> None:
        """Removes what was left on its way so long ago, but for these unfinished files."""


@contextmanager
def received(stream: BinaryIO, *, limit: int, folder: Path | None = None) -> Iterator[Incoming]:
    """The stream as a file of the folder (else of that for temporary files), gone afterwards unless moved away."""
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as target:
            while size <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - size))):
                digest.update(chunk)
                target.write(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        yield Incoming(path, size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)
