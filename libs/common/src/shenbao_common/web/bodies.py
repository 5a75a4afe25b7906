"""What a caller sends is read to its end before the answer goes out, also where the answer did not need it.

Else gunicorn closes the connection over what is left without having said so: the caller's next request on it is lost,
and of a large body the answer too. A body that breaks off or comes in wrong pieces is the caller's fault, no error of
ours.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from flask import Flask
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

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


class _Body:
    """The caller's body, as WSGI has it; what is wrong with it is a 400."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except (NoMoreData, ParseException) as broken:
            raise BadRequest from broken

    def readline(self, size: int = -1) -> bytes:
        try:
            return self._stream.readline(size)
        except (NoMoreData, ParseException) as broken:
            raise BadRequest from broken

    def readlines(self, _hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


def _read_first(app: "WSGIApplication") -> "WSGIApplication":
    def answered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"] = _Body(environ["wsgi.input"])
        answer = app(environ, start_response)
        try:
            if environ.get("wsgi.input_terminated"):  # gunicorn says where it ends; another would be waited on for ever
                _read(body, int(environ.get("CONTENT_LENGTH") or "0"))
        except BadRequest:
            pass  # It is answered, and gunicorn knows that nothing more can be read.
        except BaseException:
            if hasattr(answer, "close"):
                answer.close()
            raise
        return answer

    return answered


def _read(body: _Body, declared: int) -> None:
    """Nothing where the view has read it; nothing of a body that is too long anyhow."""
    if declared > MOST:
        return
    left, ends = MOST, time.monotonic() + _LONGEST
    while left > 0 and time.monotonic() < ends:
        got = body.read(_STEP)
        if not got:
            return
        left -= len(got)
