"""Handing out bytes that others brought: never as something that a browser might run."""

from typing import BinaryIO
from urllib.parse import quote

from flask import Response, make_response, send_file

from shenbao_documents.domain.policies import MEDIA_TYPES

_SHOWN = frozenset(MEDIA_TYPES.values())
_NOTHING = "default-src 'none'; frame-ancestors 'self'"


def delivered(stream: BinaryIO, *, name: str, media_type: str, etag: str, inline: bool) -> Response:
    """A whole or partial answer (RFC 9110 ranges); inline only what browsers show without running it."""
    shown = inline and media_type in _SHOWN
    response = make_response(send_file(stream, mimetype=media_type, conditional=True, etag=etag))
    response.headers["Content-Disposition"] = disposition(name, inline=shown)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _policy(media_type)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition with the name for every browser (RFC 6266, RFC 5987)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _policy(media_type: str) -> str:
    # Browsers refuse to open their PDF viewer in a sandbox; our checks let no PDF with a script in.
    return _NOTHING if media_type == MEDIA_TYPES["pdf"] else f"{_NOTHING}; sandbox"
