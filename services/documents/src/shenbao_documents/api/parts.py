"""What the views of this service reach besides the common parts; made once, when the app is put together."""

from dataclasses import dataclass

from flask import current_app

from shenbao_documents.actions.files import Intake
from shenbao_documents.providers.scanner import Scanner
from shenbao_documents.providers.storage import FolderStorage
from shenbao_documents.providers.typesetting import Typesetter

EXTENSION = "shenbao_documents"


@dataclass(frozen=True, slots=True)
class Parts:
    """storage: of files and prints. typesetter: with the fonts loaded. scanner: where the deployment has one."""

    storage: FolderStorage
    typesetter: Typesetter
    scanner: Scanner | None

    @property
    def intake(self) -> Intake:
        return Intake(self.storage, self.scanner)


def parts() -> Parts:
    found: Parts = current_app.extensions[EXTENSION]
    return found
