"""Who registers a unit has no account yet, only identity's ticket; it may upload the scan of the code certificate."""

from collections.abc import Callable
from typing import Any

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web.tokens import AUDIENCE, Keys

TICKET = "shenbao-ticket+jwt"


class TokensAndTickets(Keys):
    """Verifies access tokens, and the ticket of a unit that registers as that of a registrant."""

    def __init__(self, tokens: Keys, *, tickets: Callable[[], Keys]) -> None:
        super().__init__(tokens.issuer, tokens._fetch)
        self._tickets = tickets

    def verify(self, kind: str, text: str, *, audience: str | None = None) -> dict[str, Any]:
        try:
            return super().verify(kind, text, audience=audience)
        except Unauthenticated as refusal:
            if refusal.code != "token_invalid":
                raise
        claims = self._tickets().verify(TICKET, text)
        if claims.get("kind") != Kind.UNIT:
            raise Unauthenticated("token_invalid")
        return {"sub": claims["account_id"], "kind": Kind.REGISTRANT.value, "aud": AUDIENCE}
