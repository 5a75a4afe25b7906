"""Handing out bytes that others brought: never as something that a browser might run."""

import re
from pathlib import PurePath
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import wrap_file

from shenbao_documents.api.parts import parts
from shenbao_documents.domain.policies import MEDIA_TYPES, SHOWN

_PLAIN = re.compile(r"\w+", re.ASCII)
_NOTHING = "default-src 'none'; frame-ancestors 'self'"


def delivered(sha256: str, size: int, *, name: str, media_type: str, inline: bool) -> Response:
    """A whole or partial answer (RFC 9110 ranges), closed when it is sent; inline only what browsers never run."""
    stream = parts().storage.open(sha256)
    response = Response(wrap_file(request.environ, stream), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    response.set_etag(sha256)
    response.headers["Content-Disposition"] = disposition(name, inline=inline and media_type in SHOWN)
    response.headers["Content-Security-Policy"] = _policy(media_type)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    return response


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition with the name for every browser (RFC 6266, RFC 5987), old ones too."""
    path = PurePath(name)
    plain = "-".join(_PLAIN.findall(path.stem)) or "shenbao"
    suffix = "".join(_PLAIN.findall(path.suffix))
    plain += f".{suffix}" if suffix else ""
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _policy(media_type: str) -> str:
    # Browsers refuse to open their PDF viewer in a sandbox; our checks let no PDF with a script in.
    return _NOTHING if media_type == MEDIA_TYPES["pdf"] else f"{_NOTHING}; sandbox"
