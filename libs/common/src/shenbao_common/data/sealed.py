"""Personal data in the database: sealed columns, and blind indexes to find them by.

A sealed value names its algorithm and key (`v1.aes256gcm.<key id>.`), so that keys and algorithms can change while
old rows stay readable. The key belongs to one service and sits on the engine's dialect, because the engine is the one
object that column types can see and that five services in one process do not share.
"""

import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

_NONCE = 12


class Sealer:
    """Seals and opens values with one 32-byte key; AES-256-GCM (NIST SP 800-38D)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a data key has 32 bytes")
        self._cipher = AESGCM(_derived(key, b"seal"))
        self._index_key = _derived(key, b"blind index")
        self._prefix = b"v1.aes256gcm." + hashlib.sha256(key).hexdigest()[:8].encode() + b"."

    def seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._prefix + nonce + self._cipher.encrypt(nonce, plain, self._prefix)

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError for a value of another key; cryptography's InvalidTag for an altered one."""
        if not sealed.startswith(self._prefix):
            raise ValueError("sealed with another key")
        body = sealed[len(self._prefix) :]
        return self._cipher.decrypt(body[:_NONCE], body[_NONCE:], self._prefix)

    def blind(self, value: str) -> bytes:
        """A keyed hash: equal values are found by it, and it tells nothing without the key."""
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).digest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"shenbao " + purpose).derive(key)


def install(engine: Engine, sealer: Sealer) -> None:
    """Gives the engine's sealed columns their key."""
    engine.dialect.shenbao_sealer = sealer  # type: ignore[attr-defined]


def sealer_of(session: Session) -> Sealer:
    """The sealer of the service that this session belongs to."""
    return _of(session.get_bind().dialect)


def _of(dialect: Dialect) -> Sealer:
    sealer: Sealer = dialect.shenbao_sealer  # type: ignore[attr-defined]
    return sealer


class SealedJson(TypeDecorator[Any]):
    """A JSON value that is unreadable in the database file."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return _of(dialect).seal(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(_of(dialect).open(value))
