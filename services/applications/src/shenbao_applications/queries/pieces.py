"""Finding a person by a piece of name or ID number, where both are sealed (S1-21).

Beside the sealed values stand keyed hashes of their pieces: one and two characters of a name, three and four of a
number. Whoever has the database without the key learns that two people share a piece, and not which.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import Sealer, sealer_of

_BYTES = 8
_OF_NAME = (1, 2)
_OF_NUMBER = (3, 4)


def of_person(session: Session, name: str, number: str) -> list[bytes]:
    """Every piece by which somebody can be found."""
    sealer = sealer_of(session)
    texts = {("name", piece) for size in _OF_NAME for piece in _pieces(name, size)}
    texts |= {("number", piece) for size in _OF_NUMBER for piece in _pieces(number.upper(), size)}
    return sorted(_hash(sealer, *text) for text in texts)


def holds(session: Session, column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
    """Is the text a piece of the name, or of the number."""
    sealer = sealer_of(session)
    found = [_all(sealer, column, "name", text, _OF_NAME)]
    if len(text) >= _OF_NUMBER[0]:
        found.append(_all(sealer, column, "number", text.upper(), _OF_NUMBER))
    return sa.or_(*found)


def _all(
    sealer: Sealer, column: sa.ColumnElement[Any], word: str, text: str, sizes: tuple[int, int]
) -> sa.ColumnElement[bool]:
    size = min(len(text), sizes[1])
    wanted = [_hash(sealer, word, piece) for piece in _pieces(text, size)]
    return column.contains(wanted)


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[i : i + size] for i in range(len(text) - size + 1))


def _hash(sealer: Sealer, word: str, piece: str) -> bytes:
    return sealer.blind(f"piece of {word}:{piece}")[:_BYTES]
