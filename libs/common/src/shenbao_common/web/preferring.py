"""How much of what was changed the answer holds: `Prefer: return=minimal` (RFC 7240)."""

from flask import Response, after_this_request, request
from werkzeug.http import parse_list_header

_MINIMAL = "return=minimal"


def minimal() -> bool:
    """The caller has what was sent, and asks for no more than what became of it; the answer says that it was heard."""
    asked = {one.replace(" ", "").lower() for one in parse_list_header(request.headers.get("Prefer", ""))}
    if _MINIMAL not in asked:
        return False

    @after_this_request
    def said(response: Response) -> Response:
        response.headers["Preference-Applied"] = _MINIMAL
        return response

    return True
