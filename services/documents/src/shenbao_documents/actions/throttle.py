"""Anybody may ask about certificates and fetch what is published, but nobody may try out or drain."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_documents.models import LookUps

WINDOW, MOST = timedelta(minutes=10), 100
"""More than a counter that scans one certificate after the other, less than guessing numbers needs."""


def seconds_to_wait(session: Session, address: str, *, now: datetime) -> int:
    """Counts one question of a kind from this address; answers 0, or how long it has to wait."""
    over = LookUps.since < now - WINDOW
    new = insert(LookUps).values(address=sealer_of(session).blind(f"address:{address}"), since=now, count=1)
    counted = new.on_conflict_do_update(
        index_elements=["address"],
        set_={"since": sa.case((over, now), else_=LookUps.since), "count": sa.case((over, 1), else_=LookUps.count + 1)},
    ).returning(LookUps.since, LookUps.count)
    since, count = session.execute(counted).one()
    return int((since + WINDOW - now).total_seconds()) + 1 if count > MOST else 0
