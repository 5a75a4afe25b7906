"""Electronic seals of units and organisations."""

import base64
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, NotFound
from shenbao_documents.models import Seal
from shenbao_documents.providers import seal
from shenbao_documents.providers.storage import Storage

MOST_BYTES = 4 * 1024 * 1024


def set_up(session: Session, scan: BinaryIO, *, actor: Actor, storage: Storage, now: datetime) -> Seal:
    """Takes the scan of a stamp; the seal made of it replaces the one before. The scan itself is not kept."""
    holder = _holder(actor)
    actor.require("unit.manage" if actor.kind is Kind.UNIT else "review.decide")
    with storage.receive(scan, limit=MOST_BYTES) as incoming, incoming.path.open("rb") as stream:
        image = seal.cut_out(stream)
    row = Seal(holder_id=holder, image=base64.b64encode(image).decode(), made_by=actor.account_id, made_at=now)
    return session.merge(row)


def own(session: Session, actor: Actor) -> bytes:
    """The caller's seal as PNG."""
    found = image_of(session, _holder(actor))
    if found is None:
        raise NotFound
    return found


def remove(session: Session, actor: Actor) -> None:
    actor.require("unit.manage" if actor.kind is Kind.UNIT else "review.decide")
    if row := session.get(Seal, _holder(actor)):
        session.delete(row)


def image_of(session: Session, holder_id: UUID) -> bytes | None:
    """The seal of a unit or organisation, where it has one."""
    row = session.get(Seal, holder_id)
    return base64.b64decode(row.image) if row else None


def _holder(actor: Actor) -> UUID:
    holder = actor.unit_id if actor.kind in {Kind.UNIT, Kind.SUB_ACCOUNT} else actor.organisation_id
    if holder is None:
        raise NotAllowed("wrong_kind_of_account")
    return holder
