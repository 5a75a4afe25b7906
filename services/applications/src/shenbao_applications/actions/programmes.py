"""Publishing a programme."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack import check
from shenbao_applications.models import Programme, ProgrammeVersion
from shenbao_applications.queries import packs
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.kernel.actor import Actor


def publish(
    session: Session, text: str, templates: Mapping[str, str], *, actor: Actor, now: datetime
) -> ProgrammeVersion:
    """Makes the pack the programme's next version; the same content again answers the version that has it."""
    document = check.document(text, templates)
    programme = _locked(session, document["programme"])
    last = packs.latest(session, programme.key)
    content_hash = check.content_hash(document)
    if last is not None and last.content_hash == content_hash:
        return last
    programme.last_version += 1
    version = ProgrammeVersion(
        programme=programme.key,
        version=programme.last_version,
        content_hash=content_hash,
        document=document,
        source=text,
        published_by=actor.account_id,
        published_at=now,
    )
    session.add(version)
    session.flush()
    told = ProgrammePublishedV1(programme=version.programme, version=version.version, pack=document)
    outbox.record(session, told, revision=version.version)
    return version


def _locked(session: Session, key: str) -> Programme:
    # Two publications of one programme take turns, so that its versions are numbered without gaps.
    session.execute(insert(Programme).values(key=key, last_version=0).on_conflict_do_nothing())
    return session.scalars(sa.select(Programme).where(Programme.key == key).with_for_update()).one()
