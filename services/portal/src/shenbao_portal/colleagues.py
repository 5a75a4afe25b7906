"""Who was first: a refusal that names an account of the own office says the officer's name instead."""

from shenbao_portal.client import service
from shenbao_portal.i18n import moment
from shenbao_portal.refusals import Refused, Trouble, Unreachable

_NAMED = {"claimed_by_other": "claimed_by_colleague", "decided_by_other": "decided_by_colleague"}


def named(refused: Refused) -> Refused:
    """The same refusal in words that name the colleague; as it was where identity does not tell the name."""
    return Refused(refused.status, refused.code, refused.params, tuple(_named(t) for t in refused))


def _named(trouble: Trouble) -> Trouble:
    by, at = trouble.params.get("by"), trouble.params.get("at")
    if trouble.code not in _NAMED or not by or not at:
        return trouble
    try:
        name = service("identity").get(f"/v1/colleagues/{by}").body["display_name"]
    except (Refused, Unreachable):
        return trouble
    return Trouble(_NAMED[trouble.code], trouble.path, {"name": name, "moment": moment(at)})
