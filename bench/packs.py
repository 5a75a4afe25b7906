"""Programmes: from a pack's text to rules ready for use, and the check of a full application against them."""

import statistics
import time
from pathlib import Path

from shenbao_applications.domain.pack import check
from shenbao_applications.domain.pack.compiled import Pack

ROOT = Path(__file__).parents[1] / "programmes"
COMPILE_LIMIT = 0.050


def measure() -> list[tuple[str, str, str, bool]]:
    """The slowest pack of the tree, in process: time of a core, which other work does not lengthen."""
    slowest, key = max((_seconds(folder), folder.name) for folder in ROOT.iterdir() if folder.is_dir())
    what = f"pack: compiling the slowest, {key}"
    return [(what, f"{slowest * 1000:.0f} ms", f"{COMPILE_LIMIT * 1000:.0f} ms", slowest <= COMPILE_LIMIT)]


def _seconds(folder: Path) -> float:
    text = (folder / "programme.yaml").read_text(encoding="utf-8")
    templates = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("templates/*.typ")}
    taken = []
    for _ in range(9):
        began = time.thread_time()
        Pack(check.document(text, templates)).missing({}, variant="")
        taken.append(time.thread_time() - began)
    return statistics.median(taken)
