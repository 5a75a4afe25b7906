"""Who is at the other end: the browser's cookies and the address that tries are counted by."""

import secrets
from typing import cast
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, request

from shenbao_common.web.service import service
from shenbao_identity.settings import Settings

_SESSION = "shenbao-identity"
_BROWSER = "shenbao-browser"


def settings() -> Settings:
    return cast(Settings, service().settings)


def session_cookie() -> str | None:
    """The secret of the browser's session with this service."""
    return request.cookies.get(_name(_SESSION))


def browser_cookie() -> str:
    """The secret that marks a browser while somebody signs in with it; new when it had none."""
    return request.cookies.get(_name(_BROWSER)) or secrets.token_urlsafe(32)


def keep_session(response: Response, cookie: str) -> Response:
    return _keep(response, _SESSION, cookie)


def keep_browser(response: Response, cookie: str) -> Response:
    return _keep(response, _BROWSER, cookie)


def forget_session(response: Response) -> Response:
    response.delete_cookie(_name(_SESSION), path=_path(), secure=settings().is_https, httponly=True, samesite="Lax")
    return response


def sign_in_again(why: str = "sign_in_expired") -> Response:
    """To the portal's page that says in words why, where a person with a browser stands before us."""
    response: Response = redirect(f"{settings().portal_url}/sign-in?{urlencode({'why': why})}")  # type: ignore[assignment]
    return response


def _keep(response: Response, name: str, value: str) -> Response:
    # Lax, not Strict: the way back from a provincial sign-in comes from another site.
    response.set_cookie(_name(name), value, path=_path(), secure=settings().is_https, httponly=True, samesite="Lax")
    return response


def _name(name: str) -> str:
    return f"__Secure-{name}" if settings().is_https else name


def _path() -> str:
    return urlsplit(settings().issuer).path or "/"
