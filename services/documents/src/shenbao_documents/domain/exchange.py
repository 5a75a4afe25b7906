"""Declaration data as a file that is carried to another office: whole, and of the same form version (S4k-06)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_documents.domain.forms import FormSheet

KIND = "shenbao-exchange+jwt"
LIFETIME = 10 * 365 * 24 * 3600
MOST_BYTES = 4 * 1024 * 1024
MEDIA_TYPE = "application/vnd.shenbao.declaration"
_CONTENT = ("programme", "version", "kind", "reference", "revision", "sections")


def content_of(sheet: FormSheet) -> dict[str, Any]:
    """What the file holds."""
    named = {key: getattr(sheet, key) for key in ("programme", "version", "kind", "reference", "revision")}
    return named | {"sections": sheet.data["sections"]}


def ensure_same_form(content: Mapping[str, Any], *, programme: str, version: int) -> dict[str, Any]:
    """The declaration; refuses one of another programme or version with form_version_differs, which names both."""
    found = f"{content['programme']} {content['version']}"
    wanted = f"{programme} {version}"
    if found != wanted:
        raise RuleBroken("invalid", Problem("form_version_differs", "file", {"found": found, "wanted": wanted}))
    return {key: content[key] for key in _CONTENT}


def is_as_written(text: str) -> bool:
    """Whether every character counts: the last one of a part in base64 may have bits that nobody reads."""
    try:
        return all(_rewritten(part) == part for part in text.split("."))
    except ValueError:
        return False


def _rewritten(part: str) -> str:
    return urlsafe_b64encode(urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode().rstrip("=")


def damaged() -> RuleBroken:
    return RuleBroken("invalid", Problem("file_damaged", "file"))
