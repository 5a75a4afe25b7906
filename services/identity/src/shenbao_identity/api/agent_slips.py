"""What somebody who registers a unit carries from step to step: for one account to be, for half an hour."""

from typing import Any
from uuid import UUID

from shenbao_common.kernel.errors import Problem, RuleBroken, Unauthenticated
from shenbao_common.web.service import service
from shenbao_common.web.tokens import TOKEN_TYPE, Keys
from shenbao_identity.actions import claims
from shenbao_identity.api.browser import settings
from shenbao_identity.domain import lifetimes

AGENT = "shenbao-agent+jwt"
_SECONDS = int(lifetimes.TICKET.total_seconds())


def slip(said: dict[str, str]) -> str:
    """Who was checked, for units."""
    return service().signer.sign(AGENT, said, seconds=_SECONDS)


def account_of(slip: str) -> UUID:
    """For whose account an agent's slip was made; refuses one that has run out."""
    signer = service().signer
    try:
        said = Keys(signer.issuer, signer.published).verify(AGENT, slip)
    except Unauthenticated as wrong:
        raise RuleBroken("invalid", Problem("agent_invalid", "agent")) from wrong
    return UUID(said["account_id"])


def registrant(account_id: UUID) -> dict[str, Any]:
    """A token for what is done before there is a unit."""
    said = {"iss": settings().issuer, **claims.of_registrant(account_id)}
    return {"access_token": service().signer.sign(TOKEN_TYPE, said, seconds=_SECONDS), "expires_in": _SECONDS}
