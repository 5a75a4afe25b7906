"""What the views of this service reach besides the common parts; made once, when the app is put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from shenbao_documents.actions.certificates import Mint
from shenbao_documents.actions.files import Intake
from shenbao_documents.actions.prints import Press
from shenbao_documents.providers.retrieval import Provider
from shenbao_documents.providers.scanner import Scanner
from shenbao_documents.providers.signing import PdfSigner
from shenbao_documents.providers.storage import Storage
from shenbao_documents.providers.typesetting import Typesetter

EXTENSION = "shenbao_documents"


@dataclass(frozen=True, slots=True)
class Parts:
    """storage: of files and prints. typesetter: with the fonts loaded. scanner, signer: where the deployment has one.

    verification: address of the public page that verifies certificates, and below it forms. providers: of proofs.
    """

    storage: Storage
    typesetter: Typesetter
    scanner: Scanner | None
    signer: PdfSigner | None
    verification: str
    providers: Mapping[str, Provider]

    @property
    def intake(self) -> Intake:
        return Intake(self.storage, self.scanner)

    @property
    def press(self) -> Press:
        return Press(self.typesetter, self.signer, self.storage, f"{self.verification}/form")

    @property
    def mint(self) -> Mint:
        return Mint(self.typesetter, self.signer, self.storage, self.verification)


def parts() -> Parts:
    found: Parts = current_app.extensions[EXTENSION]
    return found
