"""Publishing a programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack import check, comparison
from shenbao_applications.models import Programme, ProgrammeVersion
from shenbao_applications.queries import applications, packs
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.kernel.actor import Actor


@dataclass(frozen=True)
class Difference:
    """version: the one in force, None when there is none. open_drafts: they keep their own version."""

    programme: str
    version: int | None
    changes: Sequence[comparison.Change]
    open_drafts: int


def publish(
    session: Session, document: dict[str, Any], *, source: str, actor: Actor, now: datetime
) -> ProgrammeVersion:
    """Makes a checked pack the programme's next version; the same content again answers the version that has it."""
    programme = _locked(session, document["programme"])
    last = packs.latest(session, programme.key)
    content_hash = check.content_hash(document)
    if last is not None and last.content_hash == content_hash and last.withdrawn_at is None:
        return last
    programme.last_version += 1
    version = ProgrammeVersion(
        programme=programme.key,
        version=programme.last_version,
        content_hash=content_hash,
        document=document,
        source=source,
        published_by=actor.account_id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    told = ProgrammePublishedV1(programme=version.programme, version=version.version, pack=document)
    outbox.record(session, told, revision=version.version)
    return version


def withdraw(session: Session, version: ProgrammeVersion, *, now: datetime) -> ProgrammeVersion:
    """From now on no project is published on this version; projects and applications that have it keep it."""
    version.withdrawn_at = version.withdrawn_at or now
    return version


def compare(session: Session, document: Mapping[str, Any]) -> Difference:
    """What the pack would change of the version in force, and for how many open drafts it changes nothing."""
    key = document["programme"]
    present = packs.in_force(session, key)
    found = comparison.changes(present.document, document) if present else []
    return Difference(key, present.version if present else None, found, applications.open_drafts(session, key))


def _locked(session: Session, key: str) -> Programme:
    # Two publications of one programme take turns, so that its versions are numbered without gaps.
    session.execute(insert(Programme).values(key=key, last_version=0).on_conflict_do_nothing())
    return session.scalars(sa.select(Programme).where(Programme.key == key).with_for_update()).one()
