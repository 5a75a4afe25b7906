"""Looking an employer up in the register."""

from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_units.domain.recognition import Recognition, RegisterEntry, recognised
from shenbao_units.domain.registration import Code
from shenbao_units.models import RegisterAnswer
from shenbao_units.providers.registry import Registry, RegistryAway

KEPT = timedelta(minutes=30)
"""How long an entry serves: the time to fill the second page, should the register go away meanwhile."""


def recognise(
    session: Session, registry: Registry, code: Code, legal_representative: str, now: datetime
) -> Recognition:
    """Is this employer known under this representative? A register that is away knows nobody."""
    entry = _kept(session, code, now)
    if entry is None:
        try:
            entry = registry.find(code.given)
        except RegistryAway:
            return Recognition(name=None, available=False)
        if entry:
            _keep(session, code, entry, now)
    return Recognition(name=recognised(entry, legal_representative), available=True)


def _kept(session: Session, code: Code, now: datetime) -> RegisterEntry | None:
    row = session.get(RegisterAnswer, code.given)
    return RegisterEntry(**row.entry) if row and row.known_at > now - KEPT else None


def _keep(session: Session, code: Code, entry: RegisterEntry, now: datetime) -> None:
    # Entries name people, so they go when they have served; what another request is removing is left to it.
    served = sa.select(RegisterAnswer.code).where(RegisterAnswer.known_at <= now - KEPT)
    gone = served.with_for_update(skip_locked=True).scalar_subquery()
    session.execute(sa.delete(RegisterAnswer).where(RegisterAnswer.code.in_(gone)))
    new = insert(RegisterAnswer).values(code=code.given, entry=asdict(entry), known_at=now)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["code"], set_={"entry": new.excluded.entry, "known_at": new.excluded.known_at}
        )
    )
