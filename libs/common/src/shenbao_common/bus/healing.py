"""Healing: the missing part is read from the publisher's feed; the inbox makes what comes twice harmless.

Read at start, when a queue is made anew, when a message's heads or a watermark show that something was lost, and,
without a broker, all the time (then it is the only way events take).
"""

from collections.abc import Mapping

import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import feed
from shenbao_common.bus.feed import FeedSource
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.replay import Replayer
from shenbao_common.bus.subscriptions import Subscriptions, only_heard

PAGE = 200
"""Events read, and handled in one transaction, at a time."""

_log = structlog.get_logger()


class Healer:
    """Follows publishers by their feeds, from where this service has come to."""

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
        self._replayer = Replayer(sessions, subscriptions, intake, feeds)

    def replay_asked(self) -> bool:
        """A page of what an operator asked to be read again; False when nothing is asked."""
        return self._replayer.step()

    def position(self, source: str) -> int:
        """How far this service has followed a publisher: everything it hears up to there is in its inbox."""
        with self._sessions.begin() as session:
            return feed.position_of(session, source)

    def heal(self, source: str) -> int | None:
        """Takes in what the feed has after the own position; answers the position reached, or None when the feed
        cannot be read now. Raises when the own database is away."""
        position = self.position(source)
        types = self._subscriptions.types_of(source)
        while True:
            try:
                page = self._feeds[source].read(position, PAGE, types)
            except Exception as away:  # noqa: BLE001  (any transport may stand behind a feed)
                _log.warning("feed_away", source=source, reason=type(away).__name__)
                return None
            events = only_heard(page.events, types)
            if page.next <= position:
                return position
            self._intake.take(events, {source: page.next})
            position = page.next
            if len(page.events) < PAGE:
                return position
