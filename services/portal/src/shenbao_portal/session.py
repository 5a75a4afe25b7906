"""The browser's session: one sealed cookie that holds the tokens, so that the portal itself keeps nothing."""

import base64
import json
import os
import zlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin

from shenbao_common.kernel import clock

COOKIE = "shenbao_portal"
LIFE = 12 * 60 * 60
"""Seconds after which a sealed session is worth nothing, whatever the browser does with it."""

_NONCE = 12
_BOUND_TO = b"shenbao portal session 1"
_LARGEST = 64 * 1024


class Sealer:
    """AES-256-GCM over compressed JSON; reading anything that it did not write gives None."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(base64.b64decode(key))

    def seal(self, values: Mapping[str, Any], now: float) -> str:
        text = json.dumps({"at": int(now), "values": dict(values)}, separators=(",", ":"), ensure_ascii=False)
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(text.encode(), 9), _BOUND_TO)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str, now: float) -> dict[str, Any] | None:
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            packed = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _BOUND_TO)
            content = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
        except (ValueError, InvalidTag, zlib.error):
            return None
        if now - content["at"] > LIFE:
            return None
        values: dict[str, Any] = content["values"]
        return values


class SealedSessions(SessionInterface):
    """Flask's session in one HttpOnly cookie."""

    def __init__(self, key: str, *, secure: bool) -> None:
        self._sealer = Sealer(key)
        self._secure = secure

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        del app
        found = self._sealer.open(request.cookies.get(COOKIE, ""), clock.now().timestamp())
        return SecureCookieSession(found or {})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        del app
        if not session.modified:
            return
        if not session:
            response.delete_cookie(COOKIE, path="/", secure=self._secure, httponly=True, samesite="Lax")
            return
        text = self._sealer.seal(session, clock.now().timestamp())
        response.set_cookie(COOKIE, text, path="/", secure=self._secure, httponly=True, samesite="Lax")
