"""Read-your-writes across services: a write answers what it told, a read waits until it has heard that (B-19).

The token in `Shenbao-Version` names the last event of each type that the write recorded. A service that is asked with
`Shenbao-After` looks these up in its own inbox; what it does not listen to, it need not wait for.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from shenbao_common.bus import inbox, outbox
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.errors import Behind

WAIT = 2.0
"""Seconds a request waits at most for this service's copy."""

_PAUSE = 0.01
_MOST = 20
_strangers = threading.BoundedSemaphore(4)


def hand_out(session: Session, response: Response) -> None:
    """Puts the token of what this transaction told on the answer."""
    if told := outbox.recorded(session):
        response.headers["Shenbao-Version"] = ",".join(f"{kind}:{event_id}" for kind, event_id in told.items())
    if (row := g.get("etag_row")) is not None:
        response.set_etag(str(row.version))


def wait_until_seen() -> None:
    """Waits for the events of `Shenbao-After`; refuses with `behind` when they do not come in time."""
    header = request.headers.get("Shenbao-After")
    if not header:
        return
    service = current_app.extensions["shenbao"]
    heard = service.subscriptions.types
    if waiting := _unseen([(kind, event_id) for kind, event_id in _parsed(header) if kind in heard]):
        with _place():
            _wait(waiting, time.monotonic() + WAIT)
        if who := g.get("actor"):
            # What was waited for may be that the caller may do more, or less, than his token says.
            with service.sessions.begin() as session:
                service.ensure_current(session, who)


def _wait(waiting: list[tuple[str, UUID]], deadline: float) -> None:
    while waiting:
        if time.monotonic() > deadline:
            raise Behind("behind", retry_after=1)
        time.sleep(_PAUSE)
        waiting = _unseen(waiting)


def _unseen(events: list[tuple[str, UUID]]) -> list[tuple[str, UUID]]:
    if not events:
        return []
    with current_app.extensions["shenbao"].sessions.begin() as session:
        return [(kind, event_id) for kind, event_id in events if not inbox.has_handled(session, kind, event_id)]


@contextmanager
def _place() -> Iterator[None]:
    """Few strangers may wait at once: each holds a thread."""
    known = g.get("actor") is not None
    if not known and not _strangers.acquire(blocking=False):
        raise Behind("behind", retry_after=1)
    try:
        yield
    finally:
        if not known:
            _strangers.release()


def _parsed(header: str) -> list[tuple[str, UUID]]:
    try:
        pairs = [part.rsplit(":", 1) for part in header.split(",")]
        return [(kind.strip(), UUID(event_id)) for kind, event_id in pairs][:_MOST]
    except ValueError as wrong:
        raise RuleBroken("invalid", Problem("wrong_format", "Shenbao-After")) from wrong
