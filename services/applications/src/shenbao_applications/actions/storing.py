"""Writing what a save changed of an application (ADR 0013)."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application
from shenbao_common.data.last_words import say_last
from shenbao_common.data.of_person import SealedOfPerson, of
from shenbao_common.kernel.errors import Conflict, Problem

_TABLE = cast(sa.Table, Application.__table__)
_CHANGE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("changed_id"))
_SEALED = frozenset(column.key for column in _TABLE.c if isinstance(column.type, SealedOfPerson))


def now(session: Session, pack: Pack) -> None:
    """At once: another application in the project may be the same person's, and then it is refused."""
    try:
        session.flush()
    except IntegrityError as wrong:
        if "application_open_once" not in str(wrong.orig):
            raise
        place = Problem("duplicate", f"sections.{pack.document['identity']['number']}")
        raise Conflict("duplicate", place) from wrong


def at_commit(session: Session, row: Application) -> None:
    """With what else is said there, where nothing of it can be refused. The row is locked since it was read.

    The row leaves the session, which would write it for itself: it is for reading from now on.
    """
    before = sa.inspect(row).committed_state
    row.version += 1
    changed = {name: getattr(row, name) for name, value in before.items() if getattr(row, name) != value}
    sealed = {name: of(row.filler_id, changed[name]) for name in _SEALED & changed.keys()}
    session.expunge(row)
    say_last(session, _CHANGE, {"changed_id": row.id, **changed, **sealed})
