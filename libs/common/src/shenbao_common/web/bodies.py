"""What a caller sends is read to its end before the answer goes out, also where the answer did not need it.

Else gunicorn closes the connection over what is left without having said so: the caller's next request on it is lost,
and of a large body the answer too.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 64 * 1024 * 1024
"""Bytes that are read for nothing; after a longer body the connection ends, and the answer says so."""

_LONGEST = 10.0
"""Seconds after which a caller who goes on sending is not waited for."""
_STEP = 64 * 1024


def install(app: Flask) -> None:
    app.wsgi_app = _read_first(app.wsgi_app)  # type: ignore[assignment,method-assign]


def close_after_too_long(_worker: object, request: Any) -> None:
    """Gunicorn's `pre_request`: nobody is promised a connection that will not be kept."""
    length = next((value for name, value in request.headers if name == "CONTENT-LENGTH"), "0")
    if int(length) > MOST:
        request.force_close()


def _read_first(app: "WSGIApplication") -> "WSGIApplication":
    def answered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = app(environ, start_response)
        try:
            _read(environ)
        except BaseException:
            if hasattr(answer, "close"):
                answer.close()
            raise
        return answer

    return answered


def _read(environ: "WSGIEnvironment") -> None:
    """Nothing where the view has read it; nothing of a body that is too long anyhow, nor where a server other than
    gunicorn does not say where it ends.
    """
    if int(environ.get("CONTENT_LENGTH") or "0") > MOST or not environ.get("wsgi.input_terminated"):
        return
    left, ends = MOST, time.monotonic() + _LONGEST
    while left > 0 and time.monotonic() < ends:
        got = environ["wsgi.input"].read(_STEP)
        if not got:
            return
        left -= len(got)
