"""How far a subscriber has come, kept where a restart finds it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Checkpoint(Protocol):
    """positions: for each publisher the sequence up to which everything heard was handled."""

    def load(self) -> Mapping[str, int]: ...

    def save(self, positions: Mapping[str, int]) -> None: ...


class FileCheckpoint:
    """A JSON file, replaced as a whole: after a crash it is the one before or the one after. For one process."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def load(self) -> dict[str, int]:
        """{} when there is no file. Raises ValueError when there is one that is no checkpoint."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if not isinstance(found, dict) or not all(type(position) is int for position in found.values()):
            raise ValueError(f"{self._path} is no checkpoint")
        return found

    def save(self, positions: Mapping[str, int]) -> None:
        """On the disk when it returns. Raises OSError."""
        new = self._path.with_name(self._path.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(dict(positions), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name, too
        finally:
            os.close(folder)
