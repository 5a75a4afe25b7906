"""What a file really is: by its first bytes and by reading it, never by its name alone."""

from dataclasses import dataclass

import puremagic

from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_documents.domain.names import extension
from shenbao_documents.domain.policies import EXTENSIONS, MEDIA_TYPES, Policy
from shenbao_documents.providers import image, pdf
from shenbao_documents.providers.storage import Incoming

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """media_type: of the content. pages: of a PDF, else None."""

    media_type: str
    pages: int | None


def inspect(incoming: Incoming, *, name: str, policy: Policy) -> Found:
    """Refuses what the policy forbids (every objection at once) and what is damaged, encrypted or active."""
    if not incoming.size:
        raise RuleBroken("invalid", Problem("file_empty", "file"))
    form = _format(incoming)
    ensure(_objections(incoming.size, form, name, policy))
    if form == "pdf":
        return Found(MEDIA_TYPES[form], pdf.pages_of(incoming.path))
    image.ensure_sound(incoming.path)
    return Found(MEDIA_TYPES[form], None)


def _objections(size: int, form: str, name: str, policy: Policy) -> list[Problem]:
    found = []
    if size > policy.max_bytes:
        found.append(Problem("file_too_large", "file", {"limit": policy.max_bytes}))
    endings = {ending for allowed in policy.formats for ending in EXTENSIONS[allowed]}
    if form not in policy.formats or extension(name) not in endings:
        found.append(Problem("wrong_format", "file", {"allowed": ",".join(policy.formats), "limit": policy.max_bytes}))
    return found


def _format(incoming: Incoming) -> str:
    """A key of MEDIA_TYPES by the file's signature, or "" for anything else."""
    with incoming.path.open("rb") as stream:
        head = stream.read(_HEAD)
    try:
        guesses = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return ""
    return next((form for form, media_type in MEDIA_TYPES.items() if media_type in guesses), "")
