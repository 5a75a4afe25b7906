"""Taking in an uploaded file."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_documents import queries
from shenbao_documents.domain.names import cleaned
from shenbao_documents.domain.policies import CODE_CERTIFICATE, Purpose, purpose_of
from shenbao_documents.domain.receipts import Receipt
from shenbao_documents.models import File
from shenbao_documents.providers import content
from shenbao_documents.providers.storage import FolderStorage


@dataclass(frozen=True, slots=True)
class Upload:
    """What the caller sent: bytes, the name that people gave them, and what they are for."""

    stream: BinaryIO
    name: str
    purpose: str


def take_in(session: Session, upload: Upload, *, actor: Actor, storage: FolderStorage, now: datetime) -> File:
    """Checks a file by its content and keeps it; refused, it leaves neither a row nor a byte."""
    wanted = purpose_of(upload.purpose)
    _ensure_may_upload(actor, wanted)
    policy = queries.policy_of(session, wanted)
    with storage.receive(upload.stream, limit=policy.max_bytes) as incoming:
        shown = cleaned(upload.name)
        found = content.inspect(incoming, name=shown, policy=policy)
        file = File(
            # Outward ids tell nothing, not even the time of the upload.
            id=uuid4(),
            owner_id=actor.account_id,
            unit_id=actor.unit_id,
            purpose=wanted.text,
            name=shown,
            media_type=found.media_type,
            size=incoming.size,
            sha256=incoming.sha256,
            pages=found.pages,
            made_at=now,
        )
        session.add(file)
        session.flush()
        # Last, so that a row that cannot be written leaves no bytes; bytes without a row are harmless.
        storage.keep(incoming)
    return file


def receipt_of(file: File) -> Receipt:
    """What the uploader may show to other services about the file."""
    return Receipt(
        document_id=file.id,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        media_type=file.media_type,
        pages=file.pages,
        purpose=file.purpose,
        account_id=file.owner_id,
        unit_id=file.unit_id,
    )


def _ensure_may_upload(actor: Actor, purpose: Purpose) -> None:
    if actor.kind is Kind.REGISTRANT:
        if purpose.text != CODE_CERTIFICATE:
            raise NotAllowed("purpose_not_allowed")
    elif purpose.of_programme:
        actor.require("application.fill")
