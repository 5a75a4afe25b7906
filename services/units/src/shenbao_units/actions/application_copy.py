"""Keeping the copy of applications: whose they are, which are reported."""

from functools import cache
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from shenbao_units.models import ApplicationCopy


def begin(session: Session, application_id: UUID, *, unit_id: UUID, filler_id: UUID) -> None:
    _save(session, application_id, unit_id=unit_id, filler_id=filler_id)


def report(session: Session, application_id: UUID, *, unit_id: UUID, filler_id: UUID, round: int) -> None:
    _save(session, application_id, unit_id=unit_id, filler_id=filler_id, reported=True, round=round)


def settle(session: Session, application_id: UUID, *, unit_id: UUID) -> None:
    """It is no longer reported: approved, or back at the unit."""
    _save(session, application_id, unit_id=unit_id, reported=False)


def fail(session: Session, application_id: UUID, *, round: int) -> None:
    """Review's news of a failed round, which may come before applications' news of that round's report."""
    new = insert(ApplicationCopy).values(application_id=application_id, failed_round=round, reported=False, round=0)
    latest = sa.func.greatest(ApplicationCopy.failed_round, new.excluded.failed_round)
    session.execute(new.on_conflict_do_update(index_elements=["application_id"], set_={"failed_round": latest}))


def remove(session: Session, application_id: UUID) -> None:
    session.execute(sa.delete(ApplicationCopy).where(ApplicationCopy.application_id == application_id))


def _save(session: Session, application_id: UUID, **known: object) -> None:
    first = {"application_id": application_id, "reported": False, "round": 0, "failed_round": 0}
    session.execute(_keeping(tuple(known)), first | known)


@cache
def _keeping(known: tuple[str, ...]) -> Insert:
    # Made once: putting a statement together takes longer than saying it.
    new = insert(cast(sa.Table, ApplicationCopy.__table__))
    kept = {name: new.excluded[name] for name in known}
    return new.on_conflict_do_update(index_elements=["application_id"], set_=kept)
