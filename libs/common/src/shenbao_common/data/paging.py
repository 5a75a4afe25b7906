"""Keyset pages: the next page begins after the last row seen, so page 1000 costs what page 1 costs."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shenbao_common.kernel.errors import Problem, RuleBroken

T = TypeVar("T")
_Column = InstrumentedAttribute[Any] | ColumnElement[Any]
MAX_PAGE = 100
"""Of a list, as `PageQuery` has it; the parts of a table are larger."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page and the cursor of the next (None on the last)."""

    items: Sequence[T]
    next: str | None


def page(
    session: Session,
    query: Select[T],
    *,
    by: Sequence[InstrumentedAttribute[Any]],
    after: str | None,
    limit: int,
    descending: bool = True,
) -> Page[T]:
    """One page of the entities that `query` selects, in the order of the columns `by`, of which the last is unique.

    The columns are of the entity itself and hold datetime, UUID, int or str.
    Refuses an unreadable cursor, and one of another list or order, with code `invalid_cursor`.
    """
    return _page(session.scalars, query, by, after, limit, descending)


def page_of_rows(
    session: Session,
    query: Select[Any],
    *,
    by: Sequence[_Column],
    after: str | None,
    limit: int,
    descending: bool = True,
) -> Page[Any]:
    """The same for a query of columns, among which those of `by` are."""
    return _page(session.execute, query, by, after, limit, descending)


def beyond(after: str | None, by: Sequence[_Column], *, descending: bool = True) -> ColumnElement[bool]:
    """What comes after the cursor, for a query below the one that is paged; everything without one."""
    if not after:
        return true()
    columns, seen = tuple_(*by), tuple_(*_decoded(after, by))
    return columns < seen if descending else columns > seen


def _page(
    run: Callable[[Select[Any]], Iterable[Any]],
    query: Select[Any],
    by: Sequence[_Column],
    after: str | None,
    limit: int,
    descending: bool,
) -> Page[Any]:
    limit, order = max(1, limit), _order(by, descending)
    if after and _parts(after)[1] not in ("", order):
        raise _invalid()
    query = query.where(beyond(after, by, descending=descending))
    ordered = query.order_by(*[c.desc() if descending else c.asc() for c in by]).limit(limit + 1)
    rows = list(run(ordered))
    more = len(rows) > limit
    last = [getattr(rows[limit - 1], str(column.key)) for column in by] if more else None
    return Page(rows[:limit], _encoded(last) + order if last else None)


def _order(by: Sequence[_Column], descending: bool) -> str:
    """What a cursor says of the list and the order that it was made in."""
    columns = "".join(f"{getattr(column, 'table', '')}.{column.key} " for column in by)
    return f"{zlib.crc32(f'{columns}{descending}'.encode()):x}"


def _encoded(values: Sequence[Any]) -> str:
    text = json.dumps([[_TAG[type(v)], v if isinstance(v, int | str) else str(v)] for v in values])
    # Always padded: what stands behind the padding is the order, which the version before this one does not read.
    return base64.urlsafe_b64encode((text if len(text) % 3 else f"{text} ").encode()).decode()


def _parts(cursor: str) -> tuple[str, str]:
    """The values, and the order: empty in a cursor of the version before this one."""
    values, _, order = cursor.partition("=")
    return values, order.lstrip("=")


def _decoded(cursor: str, by: Sequence[_Column]) -> list[Any]:
    encoded, _ = _parts(cursor)
    try:
        tagged = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        values = [_READ[tag](value) for tag, value in tagged]
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError, binascii.Error) as wrong:
        raise _invalid() from wrong
    if len(values) != len(by) or not all(map(_fits, by, values)):
        raise _invalid()
    return values


def _invalid() -> RuleBroken:
    return RuleBroken("invalid", Problem("invalid_cursor", "after"))


def _fits(column: _Column, value: Any) -> bool:
    """Could the value stand in the column? Anybody can write a cursor, and the database would refuse it as an error."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return False
    return isinstance(value, column.type.python_type) and not _UNKEPT.search(str(value))


_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL keeps in no text: NUL, and halves of surrogate pairs."""

_TAG: dict[type, str] = {datetime: "t", UUID: "u", int: "i", str: "s"}
_READ: dict[str, Callable[[Any], Any]] = {"t": datetime.fromisoformat, "u": UUID, "i": int, "s": str}
