"""What a file really is: by its first bytes and by reading it, never by its name alone."""

from dataclasses import dataclass
from pathlib import Path

import puremagic

from shenbao_common.files import image, pdf
from shenbao_common.files.foreign import ensure_nothing_else
from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_documents.domain.names import extension
from shenbao_documents.domain.policies import ARCHIVE, EXTENSIONS, MEDIA_TYPES, MOST_PAGES, Policy
from shenbao_documents.providers import archive
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
    if form == ARCHIVE:
        _ensure_sound_members(incoming.path, policy.of_members)
        return Found(MEDIA_TYPES[form], None)
    ensure_nothing_else(incoming.path, pdf=form == "pdf")
    if form == "pdf":
        return Found(MEDIA_TYPES[form], pdf.pages_of(incoming.path, most=MOST_PAGES))
    image.ensure_sound(incoming.path)
    return Found(MEDIA_TYPES[form], None)


def _ensure_sound_members(path: Path, policy: Policy) -> None:
    """Every file of an archive by the rules of a single one; the objection says which it was, counted from 1."""
    for number, (name, member) in enumerate(archive.unpacked(path), start=1):
        try:
            inspect(member, name=name, policy=policy)
        except RuleBroken as refusal:
            told = [Problem(p.code, f"file.{number}", p.params) for p in refusal.problems]
            raise RuleBroken("invalid", *told) from refusal


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
