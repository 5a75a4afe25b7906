"""Published packs, compiled once per version and kept: a version never changes."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack import coded
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Programme, ProgrammeVersion
from shenbao_applications.queries import dictionaries
from shenbao_common.kernel.errors import Conflict, NotFound

_MOST = 64
_compiled: dict[tuple[UUID, int | None], Pack] = {}


class Made(Protocol):
    """An application in any shape."""

    @property
    def version_id(self) -> UUID: ...
    @property
    def codes_version(self) -> int | None: ...


def of(session: Session, row: Made) -> Pack:
    """The pack of an application, with the codes that it was made with (S4a-03)."""
    return pack(session, row.version_id, row.codes_version)


def pack(session: Session, version_id: UUID, codes: int | None = None) -> Pack:
    """The pack of a version, ready for use. codes: the version of the dictionaries, where it takes options of them."""
    found = _compiled.get((version_id, codes))
    if found is None:
        document = session.get_one(ProgrammeVersion, version_id).document
        found = Pack(document if codes is None else coded.settled(document, dictionaries.codes_of(session, codes)))
        if len(_compiled) >= _MOST:
            _compiled.pop(next(iter(_compiled)))
        _compiled[version_id, codes] = found
    return found


def shown(session: Session, document: dict[str, Any], codes: int | None, day: date) -> dict[str, Any]:
    """A pack with the codes of that version, else with those in force on that day."""
    if not coded.asks(document):
        return document
    version = dictionaries.version(session, codes) if codes else dictionaries.in_force(session, day)
    return coded.settled(document, version.codes if version else {})


def codes_for_new(session: Session, found: Pack, day: date) -> int | None:
    """The version of the dictionaries that an application begun on that day is made with; None where none is asked."""
    if not coded.asks(found.document):
        return None
    version = dictionaries.in_force(session, day)
    if version is None:
        raise Conflict("no_codes_in_force")
    return version.number


def latest(session: Session, key: str) -> ProgrammeVersion | None:
    """The newest version of a programme, withdrawn or not, or None when there is none."""
    return session.scalar(_newest(key).limit(1))


def in_force(session: Session, key: str) -> ProgrammeVersion | None:
    """The newest version that was not withdrawn: on it projects are published."""
    return session.scalar(_newest(key).where(ProgrammeVersion.withdrawn_at.is_(None)).limit(1))


def _newest(key: str) -> sa.Select[ProgrammeVersion]:
    mine = sa.select(ProgrammeVersion).where(ProgrammeVersion.programme == key)
    return mine.order_by(ProgrammeVersion.version.desc())


def version(session: Session, key: str, number: int) -> ProgrammeVersion:
    query = sa.select(ProgrammeVersion).where(ProgrammeVersion.programme == key, ProgrammeVersion.version == number)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def newest_of_all(session: Session) -> list[ProgrammeVersion]:
    """The newest version of every programme, by key."""
    newest = sa.and_(Programme.key == ProgrammeVersion.programme, Programme.last_version == ProgrammeVersion.version)
    query = sa.select(ProgrammeVersion).join(Programme, newest)
    return list(session.scalars(query.order_by(Programme.key)))
