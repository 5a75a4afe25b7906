"""Personal data in the database: sealed columns, and blind indexes to find them by.

A sealed value names its algorithm and key (`v1.aes256gcm.<key id>.`, `v1.sm4gcm.<key id>.`), so that keys and
algorithms can change while old rows stay readable. The keys belong to one service and sit on the engine's dialect,
because the engine is the one object that column types can see and that five services in one process do not share.

The suite of algorithms is the deployment's choice (B-27): `international` seals with AES-256-GCM (NIST SP 800-38D) and
hashes with SHA-256, `national` with SM4-GCM (GB/T 32907, RFC 8998) and SM3 (GB/T 32905). What was sealed under the
other one, or under a key of before, opens as long as its key is there.
"""

import hashlib
import hmac as hmac_
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

_NONCE, _TAG = 12, 16
_COMPRESSED = b"\x78"
"""How zlib begins (RFC 1950) and no JSON does."""
_SHORT = 512
"""What has fewer bytes is hardly made shorter."""


class Sm4Gcm:
    """SM4 in the mode that AESGCM has for AES, with the same face: the tag follows the text."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        sealing = Cipher(self._algorithm, GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        opening = Cipher(self._algorithm, GCM(nonce, data[-_TAG:])).decryptor()
        opening.authenticate_additional_data(associated_data)
        return opening.update(data[:-_TAG]) + opening.finalize()


@dataclass(frozen=True, slots=True)
class Suite:
    """Algorithms that go together; the names stand in what they have made."""

    cipher: str
    aead: type[AESGCM] | type[Sm4Gcm]
    key_length: int
    mac: str
    hash: type[hashes.HashAlgorithm]


SUITES: Mapping[str, Suite] = {
    "international": Suite("aes256gcm", AESGCM, 32, "hmac-sha256", hashes.SHA256),
    "national": Suite("sm4gcm", Sm4Gcm, 16, "hmac-sm3", hashes.SM3),
}
"""What `SHENBAO_ALGORITHMS` may say."""

_BY_CIPHER = {suite.cipher: suite for suite in SUITES.values()}
_BY_MAC = {suite.mac: suite for suite in SUITES.values()}


class _Key:
    """One secret with what is derived of it, each once."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a data key has 32 bytes")
        self.id = hashlib.sha256(secret).hexdigest()[:8]
        self._secret = secret
        self._derived: dict[tuple[bytes, str], bytes] = {}
        self._ciphers: dict[str, AESGCM | Sm4Gcm] = {}

    def cipher(self, suite: Suite) -> AESGCM | Sm4Gcm:
        if suite.cipher not in self._ciphers:
            self._ciphers[suite.cipher] = suite.aead(self.derived(b"seal", suite, suite.key_length))
        return self._ciphers[suite.cipher]

    def derived(self, purpose: bytes, suite: Suite, length: int = 32) -> bytes:
        if (purpose, suite.mac) not in self._derived:
            made = HKDF(algorithm=suite.hash(), length=length, salt=None, info=b"shenbao " + purpose)
            self._derived[purpose, suite.mac] = made.derive(self._secret)
        return self._derived[purpose, suite.mac]


class Sealer:
    """Seals with the first key and the suite that is set; opens what any of the keys sealed in any suite.

    index_key: of the blind indexes, by default the first key. It stays when the key that seals is changed, since an
    index is found by its value. compresses: whether JSON is compressed before; what is compressed is always read.
    """

    def __init__(
        self,
        key: bytes,
        *,
        others: Iterable[bytes] = (),
        suite: str = "international",
        index_key: bytes | None = None,
        compresses: bool = False,
    ) -> None:
        self._key = _Key(key)
        index = _Key(index_key) if index_key else self._key
        self._keys = {known.id: known for known in (index, *(_Key(other) for other in others), self._key)}
        self._index_key = index.derived(b"blind index", SUITES["international"])
        self._suite = SUITES[suite]
        self._compresses = compresses
        self.cipher_name = self._suite.cipher
        self.prefix = _prefix(self._suite, self._key)
        """How a value begins that is sealed as of now."""

    def seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self.prefix + nonce + self._key.cipher(self._suite).encrypt(nonce, plain, self.prefix)

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError for a value of another key; cryptography's InvalidTag for an altered one."""
        version, cipher, key_id, body = (*sealed.split(b".", 3), b"", b"", b"")[:4]
        suite, key = (
            _BY_CIPHER.get(cipher.decode("ascii", "replace")),
            self._keys.get(key_id.decode("ascii", "replace")),
        )
        if version != b"v1" or suite is None or key is None:
            raise ValueError("sealed with another key")
        return key.cipher(suite).decrypt(body[:_NONCE], body[_NONCE:], _prefix(suite, key))

    def packed(self, value: Any) -> bytes:
        """JSON, as it is sealed."""
        plain = orjson.dumps(value)
        return zlib.compress(plain, 1) if self._compresses and len(plain) >= _SHORT else plain

    def blind(self, value: str | bytes) -> bytes:
        """A keyed hash: equal values are found by it, and it tells nothing without the key."""
        return hmac_.digest(self._index_key, value.encode() if isinstance(value, str) else value, "sha256")

    def authenticate(self, body: bytes) -> tuple[str, bytes]:
        """A keyed hash that nobody makes without the key, and what names its algorithm and key."""
        return f"{self._suite.mac}.{self._key.id}", _mac(self._key, self._suite, body).finalize()

    def is_authentic(self, body: bytes, mark: str, digest: bytes) -> bool | None:
        """None where the key is not there any more."""
        mac, _, key_id = mark.partition(".")
        suite, key = _BY_MAC.get(mac), self._keys.get(key_id)
        if suite is None or key is None:
            return None
        try:
            _mac(key, suite, body).verify(digest)
        except InvalidSignature:
            return False
        return True


def unpacked(plain: bytes) -> Any:
    """What `packed` was given, by whichever version and setting."""
    return orjson.loads(zlib.decompress(plain) if plain.startswith(_COMPRESSED) else plain)


def _prefix(suite: Suite, key: _Key) -> bytes:
    return f"v1.{suite.cipher}.{key.id}.".encode()


def _mac(key: _Key, suite: Suite, body: bytes) -> hmac.HMAC:
    made = hmac.HMAC(key.derived(b"audit", suite), suite.hash())
    made.update(body)
    return made


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

    def __init__(self, *, compressed: bool = True) -> None:
        """compressed: where the deployment compresses; not where the length of the value would tell a secret."""
        super().__init__()
        self.compressed = compressed

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        sealer = _of(dialect)
        return sealer.seal(sealer.packed(value) if self.compressed else orjson.dumps(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else unpacked(_of(dialect).open(value))
