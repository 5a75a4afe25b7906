"""What identity says of the caller, as a slip that the caller hands over (docs/adr/0006)."""

from collections.abc import Mapping
from typing import Any

from shenbao_common.kernel.errors import Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor
from shenbao_common.web.service import service

PROFILE = "shenbao-profile+jwt"


def profile_of(slip: str | None) -> Mapping[str, Any] | None:
    """Refuses a slip about anybody else."""
    if slip is None:
        return None
    try:
        said = service().keys_of("identity").verify(PROFILE, slip)
    except Unauthenticated as wrong:
        code = "person_expired" if wrong.code == "token_expired" else "person_invalid"
        raise RuleBroken("invalid", Problem(code, "profile")) from wrong
    if said.get("account_id") != str(actor().account_id):
        raise RuleBroken("invalid", Problem("person_invalid", "profile"))
    return said
