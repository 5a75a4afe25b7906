"""A key for each person, apart from the data: whoever destroys it makes what was sealed with it unreadable (B-26).

The keys lie in a folder of their own, one small file each, sealed by the service's data key: neither the database, nor
the folder, nor a copy of one of them tells anything by itself. A destroyed key leaves a file that says so; a database
that is restored from an old copy finds that file and not the key. So the folder is kept safe by copies that are
replaced, and never goes into the copies of the database.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from shenbao_common.data.sealed import Sealer

_DESTROYED = b"destroyed"


class PersonKeys:
    """The folder of one service; what one process makes or destroys holds in all others at once."""

    def __init__(self, folder: str | Path, sealer: Sealer) -> None:
        self._folder = Path(folder)
        self._sealer = sealer

    def of(self, person_id: UUID) -> bytes | None:
        """The person's key; None when it was destroyed, or is not there."""
        return self._opened(self._kept(person_id))

    def made(self, person_id: UUID) -> bytes | None:
        """The same, made where there is none yet; a destroyed one stays destroyed."""
        kept = self._kept(person_id)
        if kept is None:
            # Two who make it at once: the link of one of them fails, and both read what is there.
            with suppress(FileExistsError):
                self._write(person_id, self._sealer.seal(os.urandom(32)), replacing=False)
            kept = self._kept(person_id)
        return self._opened(kept)

    def destroy(self, person_id: UUID) -> None:
        """For good; doing it twice is the same."""
        self._write(person_id, _DESTROYED, replacing=True)

    def seal_anew(self) -> int:
        """Every key file under the service's present key, for a rotation; answers how many were changed."""
        changed = 0
        for place in sorted(self._folder.glob("??/*")):
            kept = place.read_bytes()
            if kept != _DESTROYED and not kept.startswith(self._sealer.prefix):
                anew = self._sealer.seal(self._sealer.open(kept))
                if place.read_bytes() == kept:
                    self._write(UUID(place.name), anew, replacing=True)
                    changed += 1
        return changed

    def _write(self, person_id: UUID, content: bytes, *, replacing: bool) -> None:
        place = self._place(person_id)
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if replacing:
                Path(name).replace(place)
            else:
                os.link(name, place)
        finally:
            Path(name).unlink(missing_ok=True)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _kept(self, person_id: UUID) -> bytes | None:
        try:
            # Read with every form: pathlib alone takes as long as the disk.
            with open(self._path(person_id), "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _opened(self, kept: bytes | None) -> bytes | None:
        return None if kept is None or kept == _DESTROYED else self._sealer.open(kept)

    def _place(self, person_id: UUID) -> Path:
        return Path(self._path(person_id))

    def _path(self, person_id: UUID) -> str:
        # The last digits are random, the first are the time.
        name = str(person_id)
        return f"{self._folder}/{name[-2:]}/{name}"
