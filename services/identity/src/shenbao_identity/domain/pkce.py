"""Proof key for code exchange, method S256 only (RFC 7636)."""

import base64
import hashlib
import hmac
import re

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}", re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}", re.ASCII)


def is_challenge(text: str) -> bool:
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_proved(challenge: str, verifier: str) -> bool:
    return bool(_VERIFIER.fullmatch(verifier)) and hmac.compare_digest(challenge, challenge_of(verifier))
