"""Whether the audit trail is as it was written: the first entry of each lane that is not, and where the lanes end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from shenbao_common.data import audit
from shenbao_common.data.sealed import Sealer


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a lane that is not what was written. entry_id: None where it is not there any more.

    why: altered | missing | cut (entries at the end are gone) | unknown_key (retired without being kept for this).
    """

    lane: int
    position: int
    entry_id: UUID | None
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """ends: by lane, position and hash of the last entry: what to keep apart and hand in at the next check."""

    entries: int
    broken: tuple[Broken, ...]
    ends: Mapping[int, tuple[int, str]]


def check(connection: sa.Connection, sealer: Sealer, earlier: Mapping[int, tuple[int, str]] | None = None) -> Verdict:
    """Reads the whole trail once. earlier: ends of a check before, which must still be there."""
    heads = {row.lane: row for row in connection.execute(sa.select(audit.head))}
    lanes = sorted({*heads, *connection.scalars(sa.select(audit.entry.c.lane).distinct()), *(earlier or {})})
    count, broken, ends = 0, [], {}
    for lane in lanes:
        place, last, wrong = 0, b"", None
        for row in _entries(connection, lane):
            count += 1
            wrong = _wrong(row, place + 1, last, sealer, (earlier or {}).get(lane))
            if wrong:
                break
            place, last = row.position, row.hash
        known = heads.get(lane)
        if wrong is None and ((known.position, known.hash) if known else (0, b"")) != (place, last):
            wrong = Broken(lane, place + 1, None, "cut")
        if wrong is None and place < (earlier or {}).get(lane, (0, ""))[0]:
            wrong = Broken(lane, place + 1, None, "cut")
        broken += [wrong] if wrong else []
        ends[lane] = (place, last.hex())
    return Verdict(count, tuple(broken), ends)


def _wrong(
    row: sa.Row[tuple[object, ...]], place: int, before: bytes, sealer: Sealer, anchor: tuple[int, str] | None
) -> Broken | None:
    if row.position != place:
        return Broken(row.lane, place, None, "missing")
    body = audit.canonical(row._mapping, lane=row.lane, position=row.position, before=before)  # type: ignore[arg-type]
    right = sealer.is_authentic(body, row.mark, row.hash)
    if right is None:
        return Broken(row.lane, place, row.id, "unknown_key")
    if not right or (anchor and anchor[0] == place and anchor[1] != row.hash.hex()):
        return Broken(row.lane, place, row.id, "altered")
    return None


def _entries(connection: sa.Connection, lane: int) -> Iterator[sa.Row[tuple[object, ...]]]:
    query = sa.select(audit.entry).where(audit.entry.c.lane == lane).order_by(audit.entry.c.position)
    with connection.execution_options(yield_per=1000).execute(query) as rows:
        yield from rows
