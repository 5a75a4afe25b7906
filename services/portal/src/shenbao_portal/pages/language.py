"""Chinese or English, switched in place."""

from flask import Blueprint, Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shenbao_portal.guards import local_path
from shenbao_portal.i18n import COOKIE, LANGUAGES

blp = Blueprint("language", __name__)

_YEAR = 31536000


@blp.get("/language/<chosen>")
def switch(chosen: str) -> BaseResponse | Response:
    """Back to the page from which it was switched."""
    if chosen not in LANGUAGES:
        abort(404)
    response = redirect(local_path(request.args.get("back")), 303)
    secure = current_app.extensions["portal"].secure
    response.set_cookie(COOKIE, chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
