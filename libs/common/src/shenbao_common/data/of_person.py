"""A sealed column whose every row has the key of the person it is about (B-26).

    class Account(Base):
        personal: Mapped[dict[str, Any]] = mapped_column(SealedOfPerson)

    seal_for_person(Account, "personal", owner="id")

A value names algorithm and person (`p1.aes256gcm.<id>.`). What was written before a person had a key is opened with the
service's key, and gets the person's at its next change. A value whose key was destroyed reads as `ERASED`, a text as
`ERASED_TEXT`, a list as an empty one.
"""

import os
from collections.abc import Iterable
from typing import Any, Self, TypeVar
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.types import TypeDecorator

from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import SUITES, Sealer, Sm4Gcm, unpacked
from shenbao_common.kernel.ids import uuid7

Value = TypeVar("Value")

ERASED: dict[str, Any] = {"erased": True}
ERASED_TEXT = "已删除"
_PERSON = b"p1."
_NONCE = 12
_BY_CIPHER = {suite.cipher: suite for suite in SUITES.values()}


class OfPerson(dict[str, Any]):
    """A value that knows whose it is."""

    def __init__(self, value: dict[str, Any], owner: UUID) -> None:
        super().__init__(value)
        self.owner = owner


class TextOfPerson(str):
    """A text that knows whose it is."""

    owner: UUID

    def __new__(cls, value: str, owner: UUID) -> Self:
        made = super().__new__(cls, value)
        made.owner = owner
        return made


class ListOfPerson(list[Any]):
    """A list that knows whose it is."""

    def __init__(self, value: Iterable[Any], owner: UUID) -> None:
        super().__init__(value)
        self.owner = owner


_OWNED = (OfPerson, TextOfPerson, ListOfPerson)


def of(owner: UUID, value: Value) -> Value:
    """The value as that person's, to be written where no attribute of the row says whose it is; None stays None."""
    if isinstance(value, str):
        return TextOfPerson(value, owner)  # type: ignore[return-value]
    if isinstance(value, list):
        return ListOfPerson(value, owner)  # type: ignore[return-value]
    return OfPerson(value, owner) if isinstance(value, dict) else value  # type: ignore[return-value]


class SealedOfPerson(TypeDecorator[Any]):
    """A JSON object that is unreadable without the database, the folder of keys and the service's key."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, *, owner: str = "", erased_as_empty: bool = False) -> None:
        """owner: the attribute of the row that says whose it is, where `seal_rows` watches over all rows.
        erased_as_empty: reads as an object without anything, where its readers know what that is. What others write
        about a person who was erased is left out then, where it would be refused.
        """
        super().__init__()
        self.owner = owner
        self.erased_as_empty = erased_as_empty

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        sealer: Sealer = dialect.shenbao_sealer  # type: ignore[attr-defined]
        keys: PersonKeys | None = getattr(dialect, "shenbao_person_keys", None)
        plain = sealer.packed(value)
        if keys is None or not isinstance(value, _OWNED):
            return sealer.seal(plain)
        key = keys.made(value.owner)
        if key is None and self.erased_as_empty:
            return sealer.seal(sealer.packed(self.erased()))
        if key is None:
            raise ValueError("nothing is written about a person who was erased")
        prefix, nonce = f"p1.{sealer.cipher_name}.{value.owner}.".encode(), os.urandom(_NONCE)
        return prefix + nonce + _cipher(sealer.cipher_name, key).encrypt(nonce, plain, prefix)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.startswith(_PERSON):
            sealer: Sealer = dialect.shenbao_sealer  # type: ignore[attr-defined]
            return unpacked(sealer.open(value))
        _, cipher, owner, body = value.split(b".", 3)
        keys: PersonKeys = dialect.shenbao_person_keys  # type: ignore[attr-defined]
        key = keys.of(UUID(owner.decode()))
        if key is None:
            return self.erased()
        prefix = b".".join((b"p1", cipher, owner, b""))
        return unpacked(_cipher(cipher.decode(), key).decrypt(body[:_NONCE], body[_NONCE:], prefix))

    def erased(self) -> Any:
        """How a value reads whose key was destroyed."""
        return {} if self.erased_as_empty else dict(ERASED)


class SealedTextOfPerson(SealedOfPerson):
    """A text, likewise."""

    cache_ok = True

    def __init__(self, *, owner: str = "") -> None:
        super().__init__(owner=owner, erased_as_empty=True)

    def erased(self) -> str:
        return ERASED_TEXT


class SealedListOfPerson(SealedOfPerson):
    """A list, likewise."""

    cache_ok = True

    def __init__(self, *, owner: str = "") -> None:
        super().__init__(owner=owner, erased_as_empty=True)

    def erased(self) -> list[Any]:
        return []


def install(engine: sa.Engine, keys: PersonKeys | None) -> None:
    """Gives the engine's columns the folder of keys; None: the service's key seals alone."""
    engine.dialect.shenbao_person_keys = keys  # type: ignore[attr-defined]


def keys_of(engine: sa.Engine) -> PersonKeys | None:
    found: PersonKeys | None = getattr(engine.dialect, "shenbao_person_keys", None)
    return found


def destroy_key(session: Session, person_id: UUID) -> None:
    """For good, and harmless when it comes twice; nothing where the service's key seals alone."""
    dialect = session.get_bind().dialect
    keys: PersonKeys | None = getattr(dialect, "shenbao_person_keys", None)
    if keys:
        keys.destroy(person_id)


def seal_for_person(row: type[Any], column: str, *, owner: str) -> None:
    """Has each row's column sealed with the key of the person whose id stands in `owner`."""

    def whose(_mapper: Mapper[Any], _connection: sa.Connection, target: Any) -> None:
        if getattr(target, owner) is None:
            setattr(target, owner, uuid7())
        _name(target, column, owner)

    sa.event.listen(row, "before_insert", whose)
    sa.event.listen(row, "before_update", whose)


def seal_rows(base: type[Any]) -> None:
    """The same for all columns of a service's rows whose type names the owner."""

    def whose(mapper: Mapper[Any], _connection: sa.Connection, target: Any) -> None:
        for attribute in mapper.column_attrs:
            kind = attribute.columns[0].type
            if isinstance(kind, SealedOfPerson) and kind.owner:
                _name(target, attribute.key, kind.owner)

    sa.event.listen(base, "before_insert", whose, propagate=True)
    sa.event.listen(base, "before_update", whose, propagate=True)


def _name(target: Any, column: str, owner: str) -> None:
    value = getattr(target, column)
    changed = sa.inspect(target).attrs[column].history.has_changes()
    whose = getattr(target, owner)
    if changed and whose is not None and not isinstance(value, _OWNED):
        setattr(target, column, of(whose, value))


def _cipher(name: str, key: bytes) -> AESGCM | Sm4Gcm:
    suite = _BY_CIPHER[name]
    return suite.aead(key[: suite.key_length])
