"""Refusals become problem+json (RFC 9457) here and nowhere else; so status codes stand only in this file."""

import errno
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, current_app
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from shenbao_common.kernel import trace
from shenbao_common.kernel.errors import (
    Busy,
    Conflict,
    NotAllowed,
    NotFound,
    Over,
    Problem,
    Refusal,
    RuleBroken,
    Unauthenticated,
)


class Stale(Refusal):
    """If-Match names an older state than the present one."""


class PreconditionRequired(Refusal):
    """An edit came without If-Match."""


class Behind(Refusal):
    """This service's copy has not caught up with the write that the caller saw."""


class TooMany(Refusal):
    """Too many tries; the params say for how long (`retry_after`, seconds)."""


class Unavailable(Refusal):
    """An outside party does not answer as it should; the caller tries later or goes another way."""


STATUS: Mapping[type[Refusal], int] = {
    NotFound: 404,
    Over: 410,
    NotAllowed: 403,
    Conflict: 409,
    RuleBroken: 422,
    Unauthenticated: 401,
    Stale: 412,
    PreconditionRequired: 428,
    Behind: 503,
    Unavailable: 503,
    Busy: 503,
    TooMany: 429,
}

_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "wrong_media_type",
    422: "invalid",
}

_NAMED = 1_000
"""Problems that an answer names, as many as the rows of the longest batch; beyond them it says how many more."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

_log = structlog.get_logger()


def install(app: Flask) -> None:
    """Registers the handlers on an app; the most specific wins."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(IntegrityError, _taken)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(psycopg.OperationalError, _away)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _bug)


def _refused(refusal: Refusal) -> Response:
    status = next(STATUS[c] for c in type(refusal).__mro__ if c in STATUS)
    response = _problem(status, refusal.code, refusal.problems, refusal.params)
    if isinstance(refusal, Unauthenticated):
        response.headers["WWW-Authenticate"] = f'Bearer error="{refusal.code}"'
    if retry := refusal.params.get("retry_after"):
        response.headers["Retry-After"] = str(retry)
    return response


def _stale(_: StaleDataError) -> Response:
    # Two edits ran at the same time and the other one was first: the row's version moved under us.
    return _refused(Stale("stale"))


def _unstorable(error: DataError) -> Response:
    # A number beyond its column, or NUL in a text: nobody's row, whichever field it came by.
    _log.warning("unstorable_value", error=type(error.orig).__name__)
    return _problem(422, "invalid", (), {})


def _taken(error: IntegrityError) -> Response:
    # Two that made the same at the same time: the other one's stands by now, and the same request again will see it.
    if not isinstance(error.orig, psycopg.errors.UniqueViolation):
        return _bug(error)
    _log.error("made_twice", exc_info=error)
    return _refused(Unavailable("try_again", retry_after=1))


def _away(error: OperationalError | psycopg.OperationalError) -> Response:
    # The database is restarting, refuses more connections, or gave us up for another: nothing of this was kept, so the
    # same request with the same key may come again.
    _log.warning("database_away", error=type(getattr(error, "orig", error)).__name__)
    return _refused(Unavailable("try_again", retry_after=1))


def _disk(error: OSError) -> Response:
    if error.errno not in _NO_ROOM:
        return _bug(error)
    # Somebody has to make room; what was being written is dropped by whoever wrote it.
    _log.error("disk_full")
    return _refused(Unavailable("try_again", retry_after=60))


def _too_deep(_: RecursionError) -> Response:
    # Nothing of ours recurses but the reading of the caller's JSON.
    return _problem(400, "invalid_json", (), {})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    messages = (getattr(error, "data", None) or {}).get("messages")
    if status == 422 and messages:
        return _problem(status, "invalid", list(_problems(messages)), {})
    if status == 400 and messages:
        return _problem(status, "invalid_json", (), {})
    return _problem(status, _HTTP_CODES.get(status, f"http_{status}"), (), {})


def _bug(error: Exception) -> Response:
    # Only the kind of error: its text may hold values of the request, and those may be personal.
    _log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return _problem(500, "unexpected", (), {})


def _problem(status: int, code: str, problems: Sequence[Problem], params: Mapping[str, Any]) -> Response:
    named = list(problems[:_NAMED])
    if rest := len(problems) - len(named):
        named.append(Problem("more_problems", params={"count": rest}))
    body = {
        "type": f"urn:shenbao:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "params": dict(params),
        "errors": [{"code": p.code, "path": p.path, "params": dict(p.params)} for p in named],
        "trace": trace.current(),
    }
    # In ASCII: the path of an unknown field is the caller's own text, and may hold half a character.
    text = current_app.json.dumps(body, ensure_ascii=True)
    return current_app.response_class(f"{text}\n", status=status, content_type="application/problem+json")


def _problems(messages: Any, path: str = "") -> Iterable[Problem]:
    """Marshmallow's nested messages as flat problems; the first level is the location (json, query, files)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            location = not path and key in {"json", "query", "form", "files", "headers"}
            name = "" if location or key == "_schema" else str(key)
            yield from _problems(inner, ".".join(p for p in (path, name) if p))
    else:
        for message in [messages] if isinstance(messages, str) else messages:
            code, _, value = str(message).partition(":")
            yield Problem(code, path, {"limit": value} if value else {})
