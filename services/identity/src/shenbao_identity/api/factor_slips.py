"""What a browser carries from the beginning of an enrolment to its end: signed by us, for one account, for minutes."""

from typing import Any
from uuid import UUID

from shenbao_common.kernel.errors import Problem, RuleBroken, Unauthenticated
from shenbao_common.web.service import service
from shenbao_common.web.tokens import Keys
from shenbao_identity.actions.factors import Site
from shenbao_identity.api.browser import settings

TOTP = "shenbao-totp+jwt"
KEY = "shenbao-security-key+jwt"
_SECONDS = 600


def slip(kind: str, account_id: UUID, **said: str) -> str:
    return service().signer.sign(kind, {"sub": str(account_id), **said}, seconds=_SECONDS)


def read(kind: str, text: str, account_id: UUID) -> dict[str, Any]:
    """Refuses one that has run out, or that is of somebody else."""
    signer = service().signer
    try:
        said = Keys(signer.issuer, signer.published).verify(kind, text)
    except Unauthenticated as wrong:
        raise RuleBroken("invalid", Problem("enrolment_over", "slip")) from wrong
    if said.get("sub") != str(account_id):
        raise RuleBroken("invalid", Problem("enrolment_over", "slip"))
    return said


def site() -> Site:
    """Security keys are bound to the portal's address, whose pages people see."""
    return Site(origin=settings().portal_url)
