"""Sheets come by the caller's hand; their signature says that applications made them."""

from typing import Any

from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web.service import service
from shenbao_documents.domain.forms import SHEET, sheet_refused


def claims_of(text: str, kind: str = SHEET) -> dict[str, Any]:
    """The claims of a valid sheet; refuses a forged one (sheet_invalid) and an old one (sheet_expired)."""
    try:
        return service().keys_of("applications").verify(kind, text)
    except Unauthenticated as refusal:
        # The caller's own token is good, so this is no matter of signing in again.
        raise sheet_refused(refusal.code.replace("token", "sheet")) from refusal
