"""Static files by an address that changes with their content, and icons as part of the page."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, redirect, request, url_for
from markupsafe import Markup

_FOLDER = Path(__file__).parent / "static"
_ICONS = _FOLDER / "vendor" / "icons"
_SVG = re.compile(r"<svg.*?>(.*)</svg>", re.DOTALL)
_FRAME = Markup(
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
)
_YEAR = 31536000


def install(app: Flask) -> None:
    app.jinja_env.globals.update(static=static, icon=icon)
    app.after_request(_keep_static)
    # Browsers ask for it by themselves where an answer is no page of ours that names the mark: a PDF, a refusal.
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(static("mark.svg"), 303))


def static(path: str) -> str:
    """Address of a static file; with its fingerprint, so that browsers may keep it for a year."""
    return url_for("static", filename=path, v=_fingerprint(path))


def icon(name: str) -> Markup:
    """An icon of the Tabler set, for the eye only: the words stand beside it."""
    inner = _drawing(name)
    return _FRAME.format(inner)


@lru_cache(maxsize=256)
def _drawing(name: str) -> Markup:
    found = _SVG.search((_ICONS / f"{name}.svg").read_text(encoding="utf-8"))
    return Markup(found[1]) if found else Markup()  # noqa: S704  (our own files)


@lru_cache(maxsize=256)
def _fingerprint(path: str) -> str:
    return hashlib.sha256((_FOLDER / path).read_bytes()).hexdigest()[:12]


def _keep_static(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
