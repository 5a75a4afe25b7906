"""Read-your-writes across services: a write answers what it told, a read waits until it has heard that (B-19).

The token in `Shenbao-Version` names the last event of each type that the write recorded. A service that is asked with
`Shenbao-After` looks these up in its own inbox; what it does not listen to, it need not wait for.
"""

import time
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from shenbao_common.bus import inbox
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.errors import Behind

WAIT = 2.0
"""Seconds a request waits at most for this service's copy."""

_PAUSE = 0.01
_MOST = 20


def hand_out(session: Session, response: Response) -> None:
    """Puts the token of what this transaction told on the answer."""
    told = dict(session.info.get("recorded", ()))
    if told:
        response.headers["Shenbao-Version"] = ",".join(f"{kind}:{event_id}" for kind, event_id in told.items())
    if (row := g.get("etag_row")) is not None:
        response.set_etag(str(row.version))


def wait_until_seen() -> None:
    """Waits for the events of `Shenbao-After`; refuses with `behind` when they do not come in time."""
    header = request.headers.get("Shenbao-After")
    if not header:
        return
    extension = current_app.extensions["shenbao"]
    waiting = [(kind, event_id) for kind, event_id in _parsed(header) if kind in extension.subscriptions.types]
    deadline = time.monotonic() + WAIT
    while waiting:
        with extension.sessions() as session:
            waiting = [(k, i) for k, i in waiting if not inbox.has_handled(session, k, i)]
        if waiting and time.monotonic() > deadline:
            raise Behind("behind", retry_after=1)
        if waiting:
            time.sleep(_PAUSE)


def _parsed(header: str) -> list[tuple[str, UUID]]:
    try:
        pairs = [part.rsplit(":", 1) for part in header.split(",")]
        return [(kind.strip(), UUID(event_id)) for kind, event_id in pairs][:_MOST]
    except ValueError as wrong:
        raise RuleBroken("invalid", Problem("wrong_format", "Shenbao-After")) from wrong
