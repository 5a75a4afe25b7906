"""What may come with an objection from the street: small, a PDF or a picture, whole, and doing nothing by itself."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from shenbao_common.files import image, pdf
from shenbao_common.files.foreign import ensure_nothing_else
from shenbao_common.kernel.errors import Problem, RuleBroken

MOST_BYTES = 480_000
"""Half a megabyte: a photograph of a page, not a dossier."""

_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class FileKind:
    """begins: the bytes that make it one."""

    begins: bytes
    media_type: str
    suffix: str


_PDF = FileKind(b"%PDF-", "application/pdf", "pdf")
_KINDS = (
    _PDF,
    FileKind(b"\xff\xd8\xff", "image/jpeg", "jpg"),
    FileKind(b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


def ensure_harmless(content: bytes) -> FileKind:
    """Refuses what is too large, empty or of another kind, whatever its name says, and what is damaged or active."""
    if not content:
        raise RuleBroken("invalid", Problem("file_empty", "attachment"))
    if len(content) > MOST_BYTES:
        raise RuleBroken("invalid", Problem("file_too_large", "attachment", {"limit_bytes": MOST_BYTES}))
    found = next((kind for kind in _KINDS if content.startswith(kind.begins)), None)
    if found is None:
        raise RuleBroken("invalid", Problem("wrong_file", "attachment", {"allowed": "pdf, jpg, png"}))
    with tempfile.NamedTemporaryFile(prefix="objection-") as file:
        file.write(content)
        file.flush()
        _read(Path(file.name), found)
    return found


def _read(path: Path, kind: FileKind) -> None:
    try:
        ensure_nothing_else(path, pdf=kind is _PDF)
        if kind is _PDF:
            pdf.pages_of(path, most=_MOST_PAGES)
        else:
            image.ensure_sound(path)
    except RuleBroken as refusal:
        told = [Problem(problem.code, "attachment", problem.params) for problem in refusal.problems]
        raise RuleBroken("invalid", *told) from refusal
