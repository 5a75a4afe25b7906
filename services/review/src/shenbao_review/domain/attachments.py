"""What may come with an objection from the street: small, and of a kind that is told by its first bytes."""

from dataclasses import dataclass

from shenbao_common.kernel.errors import Problem, RuleBroken

MOST_BYTES = 480_000
"""Half a megabyte: a photograph of a page, not a dossier."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """begins: the bytes that make it one."""

    begins: bytes
    media_type: str
    suffix: str


_KINDS = (
    FileKind(b"%PDF-", "application/pdf", "pdf"),
    FileKind(b"\xff\xd8\xff", "image/jpeg", "jpg"),
    FileKind(b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


def ensure_harmless(content: bytes) -> FileKind:
    """Refuses what is too large, empty or of another kind, whatever its name says."""
    if not content:
        raise RuleBroken("invalid", Problem("file_empty", "attachment"))
    if len(content) > MOST_BYTES:
        raise RuleBroken("invalid", Problem("file_too_large", "attachment", {"limit_bytes": MOST_BYTES}))
    found = next((kind for kind in _KINDS if content.startswith(kind.begins)), None)
    if found is None:
        raise RuleBroken("invalid", Problem("wrong_file", "attachment", {"allowed": "pdf, jpg, png"}))
    return found
