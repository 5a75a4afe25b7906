"""The webhooks of all subscribers, made anew when an administrator has changed one."""

import threading
from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_subscriptions.domain.targets import Network
from shenbao_subscriptions.models import Subscriber
from shenbao_subscriptions.providers.webhook import Webhook


class Webhooks:
    """private: networks that are allowed although they are not public."""

    def __init__(self, private: Sequence[Network]) -> None:
        self._private = private
        self._known: dict[UUID, tuple[int, Webhook]] = {}
        self._lock = threading.Lock()

    def refresh(self, session: Session, subscriber_ids: Collection[UUID]) -> None:
        """Looks whether these are still as they are known; an edit counts from the next delivery on."""
        versions = sa.select(Subscriber.id, Subscriber.version).where(Subscriber.id.in_(subscriber_ids))
        changed = [i for i, v in session.execute(versions) if i not in self._known or self._known[i][0] != v]
        for row in session.scalars(sa.select(Subscriber).where(Subscriber.id.in_(changed))) if changed else ():
            made = Webhook(row.url or "", row.auth, row.credentials or {}, self._private)
            with self._lock:
                before = self._known.get(row.id)
                self._known[row.id] = (row.version, made)
            if before:
                before[1].close()

    def close(self) -> None:
        with self._lock:
            for _, webhook in self._known.values():
                webhook.close()
            self._known.clear()

    def of(self, subscriber_id: UUID) -> Webhook:
        with self._lock:
            return self._known[subscriber_id][1]
