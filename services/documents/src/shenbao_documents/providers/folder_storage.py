"""Keeps bytes in a folder, which all processes share."""

import fcntl
import hashlib
import os
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from shenbao_documents.providers.storage import CHUNK, Busy, Incoming, WrongPlace, received


class FolderStorage:
    """One folder: `ab/abcdef…` for what is kept, `incoming/` for what is on its way."""

    def __init__(self, folder: str | Path) -> None:
        self._root = Path(folder)
        self._incoming = self._root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def receive(self, stream: BinaryIO, *, limit: int) -> AbstractContextManager[Incoming]:
        return received(stream, limit=limit, folder=self._incoming)

    def append(self, key: UUID, stream: BinaryIO, *, offset: int, limit: int) -> int:
        with self._part(key).open("ab") as target:
            try:
                fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise Busy from busy
            size = target.tell()
            if size != offset:
                raise WrongPlace(size)
            while size <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - size))):
                target.write(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        return size

    def size_of_part(self, key: UUID) -> int:
        path = self._part(key)
        return path.stat().st_size if path.exists() else 0

    @contextmanager
    def completed(self, key: UUID) -> Iterator[Incoming]:
        path = self._part(key)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        yield Incoming(path, path.stat().st_size, digest)

    def drop_part(self, key: UUID) -> None:
        self._part(key).unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        self._place(sha256).unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> None:
        place = self._place(incoming.sha256)
        place.parent.mkdir(exist_ok=True)
        os.replace(incoming.path, place)
        _make_durable(place.parent)

    def open(self, sha256: str) -> BinaryIO:
        return self._place(sha256).open("rb")

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        yield self._place(sha256)

    def sweep(self, *, seconds: float, parts_kept: Collection[UUID] = ()) -> None:
        wanted = {self._part(key) for key in parts_kept}
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if path not in wanted and time.time() - path.stat().st_mtime > seconds:
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
