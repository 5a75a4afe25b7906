"""Reading back an ID token that we gave out, as a hint at a session to end; it may have run out."""

from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.service import service
from shenbao_common.web.tokens import ALGORITHM
from shenbao_identity.api.browser import settings


def read(text: str) -> dict[str, Any]:
    """The claims of an ID token of ours; refuses any other."""
    keys = KeySet.import_key_set(service().signer.published())  # type: ignore[arg-type]
    try:
        token = jwt.decode(text, keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as wrong:
        raise RuleBroken("invalid", Problem("wrong_token", "id_token_hint")) from wrong
    if token.header.get("typ") != "JWT" or token.claims.get("iss") != settings().issuer:
        raise RuleBroken("invalid", Problem("wrong_token", "id_token_hint"))
    return dict(token.claims)
