"""What somebody on call must hear of subscribers: who was paused, who takes nothing."""

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.orm import Session

from shenbao_subscriptions.models import Subscriber


def read(session: Session) -> list[GaugeMetricFamily]:
    """Without those that an administrator paused."""
    stopped = sa.select(Subscriber.pause, sa.func.count()).where(Subscriber.state == "paused")
    by_reason = session.execute(stopped.where(Subscriber.pause != "administrator").group_by(Subscriber.pause)).all()
    failing = sa.select(sa.func.count()).where(Subscriber.state == "active", Subscriber.failing_since.is_not(None))
    return families({row[0]: row[1] for row in by_reason}, session.scalar(failing) or 0)


def families(paused: dict[str, int], failing: int) -> list[GaugeMetricFamily]:
    stopped = GaugeMetricFamily("shenbao_subscribers_paused", "Subscribers paused by failures", labels=["reason"])
    for reason in ("repeated_failure", "event_refused", "gone"):
        stopped.add_metric([reason], paused.get(reason, 0))
    return [stopped, GaugeMetricFamily("shenbao_subscribers_failing", "Subscribers that took nothing last", failing)]
