"""Reference numbers of applications: counted per year; who is refused for a duplicate leaves a gap."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.models import ReferenceCounter


def following(session: Session, year: int) -> str:
    """The year's next one. It comes from a sequence: nobody waits until somebody else's is committed."""
    counter = ReferenceCounter
    taken = sa.select(sa.func.nextval("reference_number") - counter.before).where(counter.year == year)
    number = session.scalar(taken)
    if number is None:
        # Two that are first in a year are told apart by the row; only they wait for each other.
        first = insert(counter).values(year=year, last=1).on_conflict_do_nothing().returning(counter.last)
        number = session.scalar(first) or session.scalar(taken)
    return f"{year}-{number:06d}"
