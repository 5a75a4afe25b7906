"""Who may open a page: a view without a guard is public. The services decide again about everything."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask.typing import ResponseReturnValue

from shenbao_portal.refusals import Refused, SignedOut
from shenbao_portal.signed_in import Account, account

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def signed_in_as(*kinds: str, may: str = "") -> Callable[[View[P]], View[P]]:
    """The page is for these kinds of account (none: for any), holding the permission."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            who = require()
            if kinds and who.kind not in kinds:
                raise Refused(403, "wrong_kind_of_account", {}, ())
            if may and not who.may(may):
                raise Refused(403, "permission_missing", {}, ())
            return view(*args, **kwargs)

        return guarded

    return guard


def require() -> Account:
    """The signed-in account; asks to sign in where there is none."""
    who = account()
    if who is None:
        raise SignedOut("token_missing")
    return who


def local_path(path: str | None) -> str:
    """A path of this portal to lead on to; anything else becomes the home page."""
    wanted = path or "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
    return wanted if plain and parts.path.startswith("/") and not (parts.scheme or parts.netloc) else "/"
