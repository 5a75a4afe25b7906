"""What others hear of content that was saved."""

from sqlalchemy.orm import Session

from shenbao_applications.domain import printing
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ApplicationSavedV1


def tell(session: Session, row: Application, pack: Pack) -> None:
    """The newest content: what its forms print, by its hash, and the files that it stands on, by their ids."""
    saved = ApplicationSavedV1(
        application_id=row.id,
        revision=row.revision,
        print_hash=row.print_hash,
        document_ids=printing.document_ids(pack, row.sections),
    )
    outbox.record(session, saved, revision=row.revision)
