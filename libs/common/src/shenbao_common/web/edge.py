"""The edge of a request: one transaction around the view, committed after the answer is made.

A request that changes something is claimed by its idempotency key in that same transaction, so that the key, the
change and the event stand or fall together; a repeat, also a simultaneous one, gets the first answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any
from uuid import UUID

import marshmallow as ma
import orjson
from flask import Flask, Request, Response, current_app, g, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from webargs.flaskparser import FlaskParser

from shenbao_common.data import audit
from shenbao_common.kernel import clock
from shenbao_common.web import idempotency, versions

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class _Reader(FlaskParser):
    """Makes a schema once and not for every request."""

    def _get_schema(self, argmap: Any, req: Request) -> ma.Schema:
        return _schema_of(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def _raw_load_json(self, req: Request) -> Any:
        try:
            return orjson.loads(req.get_data()) if req.is_json else ma.missing
        except orjson.JSONDecodeError:
            return self._read_patiently(req)

    def _read_patiently(self, req: Request) -> Any:
        # The library's own reader takes more, so that the field is named in which no text should be like this.
        try:
            return super()._raw_load_json(req)
        except JSONDecodeError:
            raise
        except ValueError as wrong:
            # A number of more digits than Python reads is unreadable JSON, and no error of ours.
            raise JSONDecodeError("too long a number", req.get_data(as_text=True), 0) from wrong


@cache
def _schema_of(kind: type[ma.Schema]) -> ma.Schema:
    return kind()


# Views are bound to their reader when they are defined, and all that read import this module first.
Blueprint.ARGUMENTS_PARSER = _Reader()


class ServiceApp(Flask):
    """Flask whose every view runs inside the request's transaction."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.teardown_request(_close)

    def ensure_sync(self, func: Any) -> Any:
        """As it is: no view is a coroutine, and Flask looks at every function of every request to find out."""
        return func

    def dispatch_request(self) -> Response:
        g.received_at = clock.now()
        response = self._within()
        if (session := g.get("session")) is not None:
            # Of a read too: after a rollback psycopg forgets every statement that it has prepared on the connection.
            session.commit()
        return response

    def _within(self) -> Response:
        versions.wait_until_seen()
        claim = idempotency.claim() if request.method == "POST" else None
        if claim and claim.answer:
            return claim.answer
        response = self.make_response(super().dispatch_request())
        if (session := g.get("session")) is not None:
            _note_act(session, response)
            versions.hand_out(session, response)
        if claim:
            idempotency.remember(claim, response)
        return response


def _note_act(session: Session, response: Response) -> None:
    """Whatever somebody signed in has changed is in the audit trail, also where its action names no act of its own."""
    who = g.get("actor")
    if who is None or request.method not in UNSAFE or response.status_code >= HTTPStatus.BAD_REQUEST:
        return
    if not audit.sign(session, who):
        subject = next((value for value in (request.view_args or {}).values() if isinstance(value, UUID)), "")
        audit.record(session, request.endpoint or "", actor=who, subject=subject, method=request.method)


def received_at() -> datetime:
    """When the request came in, however long it waited for others since (B-28)."""
    found: datetime = g.received_at
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's session; joined by everything in the request, committed once at its end."""
    session = _session()
    yield session
    session.flush()


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A transaction apart, kept even when the request is refused: for counters of failed tries."""
    with _sessions().begin() as session:
        yield session


def _close(_: BaseException | None) -> None:
    # What was not committed by now was refused.
    if (session := g.pop("session", None)) is not None:
        session.close()


def _session() -> Session:
    if "session" not in g:
        g.session = _sessions()()
        if request.method not in UNSAFE:
            # A safe method changes nothing (RFC 9110, section 9.2.1); PostgreSQL sees to it.
            g.session.connection(execution_options={"postgresql_readonly": True})
    session: Session = g.session
    return session


def _sessions() -> Any:
    return current_app.extensions["shenbao"].sessions
