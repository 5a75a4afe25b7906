"""Counting look-ups in the register that found nothing."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_units.domain import lookups
from shenbao_units.models import LookupCount


def closed(session: Session, limits: Mapping[str, int], *, now: datetime) -> int:
    """For how many seconds one of these keys has had its look-ups; 0: go on. limits: by key."""
    wanted = {sealer_of(session).blind(key): limit for key, limit in limits.items()}
    rows = session.scalars(sa.select(LookupCount).where(LookupCount.key.in_(wanted)))
    return max((lookups.seconds_closed(row.misses, row.since, wanted[row.key], now) for row in rows), default=0)


def miss(session: Session, limits: Mapping[str, int], *, now: datetime) -> None:
    """Counts one that found nothing under each key; what is older than the window is begun anew, or forgotten."""
    old = now - lookups.WINDOW
    forgotten = sa.select(LookupCount.key).where(LookupCount.since <= old).with_for_update(skip_locked=True)
    session.execute(sa.delete(LookupCount).where(LookupCount.key.in_(forgotten.scalar_subquery())))
    for key in sorted(sealer_of(session).blind(key) for key in limits):
        new = insert(LookupCount).values(key=key, since=now, misses=1)
        session.execute(new.on_conflict_do_update(index_elements=["key"], set_={"misses": LookupCount.misses + 1}))
