"""How much of what was changed the answer holds: `Prefer: return=minimal` (RFC 7240)."""

from flask import Response, after_this_request, g, request
from werkzeug.http import parse_list_header, unquote_header_value

_MINIMAL = "return=minimal"


def asked(name: str) -> str:
    """What the request prefers: the first that it says, without parameters; empty without a word."""
    for one in parse_list_header(request.headers.get("Prefer", "")):
        said, _, value = one.partition(";")[0].partition("=")
        if said.strip().lower() == name:
            return unquote_header_value(value.strip()).lower()
    return ""


def minimal() -> bool:
    """The caller has what was sent, and asks for no more than what became of it; the answer says that it was heard."""
    if asked("return") != "minimal":
        return False
    g.preference_applied = _MINIMAL
    after_this_request(say)
    return True


def say(response: Response) -> Response:
    """Says on an answer what was heard."""
    if heard := g.get("preference_applied"):
        response.headers["Preference-Applied"] = heard
    return response
