"""What another program would open as something else: an archive behind the end, a PDF in an image."""

import zipfile
from pathlib import Path

from shenbao_common.kernel.errors import Problem, RuleBroken

_HEAD = 4096


def ensure_nothing_else(path: Path, *, pdf: bool) -> None:
    """Refuses with foreign_content. pdf: that it is meant to be one."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if zipfile.is_zipfile(path) or (not pdf and b"%PDF-" in head):
        raise RuleBroken("invalid", Problem("foreign_content", "file"))
