"""A file with its signed receipt."""

from typing import Any

from shenbao_common.web.service import service
from shenbao_documents.actions.files import receipt_of
from shenbao_documents.domain import receipts
from shenbao_documents.models import File


def receipted(file: File) -> dict[str, Any]:
    """The file as the caller sees it, with the slip for the form that it belongs to."""
    claims = receipt_of(file).claims()
    return {**vars(file), "receipt": service().signer.sign(receipts.KIND, claims, seconds=receipts.LIFETIME)}
