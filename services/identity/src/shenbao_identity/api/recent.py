"""Acts that change how an account is entered: an access token alone, which may be a thief's, is not enough."""

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import NotAllowed
from shenbao_identity.api.me import claims
from shenbao_identity.domain import lifetimes


def ensure_recent() -> None:
    """Refuses one who has not signed in for some minutes (RFC 9470 calls this step-up); the client sends to sign in."""
    signed_in_at = claims().get("auth_time")
    longest = lifetimes.RECENT_SIGN_IN.total_seconds()
    if not isinstance(signed_in_at, int) or clock.now().timestamp() - signed_in_at > longest:
        raise NotAllowed("sign_in_again", max_age=int(longest))
