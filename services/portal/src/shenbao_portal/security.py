"""Headers that keep a page to itself: no foreign or inline script, no framing, no leaking of addresses."""

from urllib.parse import urlsplit

from flask import Flask, Response

from shenbao_portal.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Sets the headers on every answer."""
    policy = _policy(settings)

    @app.after_request
    def _protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if settings.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _policy(settings: Settings) -> str:
    # Signing in is a form whose answer leads on to identity, and the rule holds for that way too.
    issuer = urlsplit(settings.issuer)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self' blob:",
            f"form-action 'self' {issuer.scheme}://{issuer.netloc}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
