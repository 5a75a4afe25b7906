"""Reference numbers of applications: counted per year; who is refused for a duplicate leaves a gap."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.models import ReferenceCounter

_COUNTER = cast(sa.Table, ReferenceCounter.__table__)
_NEXT = sa.func.nextval(sa.literal_column("'reference_number'")) - _COUNTER.c.before
_TAKEN = sa.select(_NEXT).where(_COUNTER.c.year == sa.bindparam("of"))


def following(session: Session, year: int) -> str:
    """The year's next one. It comes from a sequence: nobody waits until somebody else's is committed."""
    number = session.scalar(_TAKEN, {"of": year})
    if number is None:
        counter = ReferenceCounter
        # Two that are first in a year are told apart by the row; only they wait for each other.
        first = insert(counter).values(year=year, last=1).on_conflict_do_nothing().returning(counter.last)
        number = session.scalar(first) or session.scalar(_TAKEN, {"of": year})
    return f"{year}-{number:06d}"
