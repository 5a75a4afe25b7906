"""Reading a chosen part of a publisher's past into this service again: for handlers that came later, or after a loss.

A request only asks; the worker reads, because only it may wait for another service, and only one worker runs handlers.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import faults
from shenbao_common.bus.feed import FeedSource
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.subscriptions import Subscriptions, only_heard
from shenbao_common.bus.tables import replay
from shenbao_common.kernel import clock, ids

_PAGE = 200
_PAUSE = timedelta(seconds=10)
"""Until a publisher that did not answer is asked again: each try may hold up the listener for as long as it waits."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """source: whose events; after, until: positions, until None for the newest; subject: of one subject only."""

    source: str
    after: int = 0
    until: int | None = None
    subject: str | None = None


def ask(session: Session, wanted: Wanted, *, by: UUID) -> UUID:
    """Notes the wish; the worker sees it within a second."""
    replay_id = ids.uuid7()
    session.execute(sa.insert(replay).values(id=replay_id, reached=wanted.after, asked_by=by, **asdict(wanted)))
    return replay_id


def found(session: Session, replay_id: UUID) -> Any | None:
    """One replay's row: how far it is."""
    return session.execute(sa.select(replay).where(replay.c.id == replay_id)).first()


class Replayer:
    """The worker's half: one page at a time, so that what comes in meanwhile does not wait for a long past.

    What the inbox has is left alone, so this can be done at any time and twice; what it takes in is flagged there as
    replayed. The position that the service has followed the publisher to does not change.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        subscriptions: Subscriptions,
        intake: Intake,
        feeds: Mapping[str, FeedSource],
    ) -> None:
        self._sessions = sessions
        self._subscriptions = subscriptions
        self._intake = intake
        self._feeds = feeds

    def step(self) -> bool:
        """Reads one page of the oldest open replay; False when there is none whose time has come."""
        with self._sessions.begin() as session:
            due = (replay.c.finished_at.is_(None)) & (replay.c.next_attempt_at <= clock.now())
            row = session.execute(sa.select(replay).where(due).order_by(replay.c.id).limit(1)).first()
        if row is None:
            return False
        try:
            changes = self._page(row)
        except Exception as away:  # noqa: BLE001  (any transport may stand behind a feed; kept with the replay)
            _log.warning("replay_waits", source=row.source, reason=type(away).__name__)
            changes = {"error": faults.reason(away), "next_attempt_at": clock.now() + _PAUSE}
        with self._sessions.begin() as session:
            session.execute(sa.update(replay).where(replay.c.id == row.id).values(changes))
        return True

    def _page(self, row: Any) -> dict[str, Any]:
        types = self._subscriptions.types_of(row.source)
        page = self._feeds[row.source].read(row.reached, _PAGE, types, subject=row.subject)
        events = [e for e in only_heard(page.events, types) if row.until is None or e.position <= row.until]
        self._intake.take([event.as_replayed() for event in events], {})
        reached = page.next if row.until is None else min(page.next, row.until)
        ended = len(page.events) < _PAGE or reached == row.until or page.next <= row.reached
        changes = {"reached": reached, "read": row.read + len(events), "error": None}
        return changes | ({"finished_at": clock.now()} if ended else {})
