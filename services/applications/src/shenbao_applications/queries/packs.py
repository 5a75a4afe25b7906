"""Published packs, compiled once per version and kept: a version never changes."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Programme, ProgrammeVersion
from shenbao_common.kernel.errors import NotFound

_MOST = 64
_compiled: dict[UUID, Pack] = {}


def pack(session: Session, version_id: UUID) -> Pack:
    """The pack of a version, ready for use."""
    found = _compiled.get(version_id)
    if found is None:
        found = Pack(session.get_one(ProgrammeVersion, version_id).document)
        if len(_compiled) >= _MOST:
            _compiled.pop(next(iter(_compiled)))
        _compiled[version_id] = found
    return found


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
