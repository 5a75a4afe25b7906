"""Writing sealed values anew under the present key and algorithm, while the service goes on serving (B-27).

Every process knows the new key before this runs (it is among the other keys, or seals already), so nobody meets a value
that he cannot open; and what a process writes meanwhile is left as it is, since it is newer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shenbao_common.data.sealed import Sealer

_SEALED = re.compile(rb"v1\.[0-9a-z]+\.[0-9a-f]{8}\.")
_PATIENCE = sa.text("SET LOCAL lock_timeout = '2s'")
Row = tuple[tuple[Any, ...], bytes]


@dataclass(slots=True)
class Done:
    """What became of one column. kept: rows of a log that refuses to be changed; lost: of a key that is not there."""

    table: str
    column: str
    changed: int = 0
    kept: int = 0
    lost: int = 0


def reseal(engine: sa.Engine, sealer: Sealer, *, batch: int = 500) -> Iterator[Done]:
    """Goes through all sealed columns of the database, some rows at a time."""
    tables = sa.MetaData()
    tables.reflect(sa.create_engine(engine.url, poolclass=sa.NullPool))
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.LargeBinary) and table.primary_key.columns:
                yield _column(engine, sealer, table, column, batch)


def _column(engine: sa.Engine, sealer: Sealer, table: sa.Table, column: sa.Column[bytes], batch: int) -> Done:
    done, after = Done(table.name, column.name), None
    while rows := _rows(engine, table, column, after, batch):
        after = rows[-1][0]
        old = [row for row in rows if _SEALED.match(row[1]) and not row[1].startswith(sealer.prefix)]
        anew = list(_opened(sealer, old, done))
        try:
            _write(engine, table, column, anew)
            done.changed += len(anew)
        except IntegrityError:
            done.kept += len(anew)
    return done


def _opened(sealer: Sealer, rows: Sequence[Row], done: Done) -> Iterator[tuple[tuple[Any, ...], bytes, bytes]]:
    for key, old in rows:
        try:
            yield key, old, sealer.seal(sealer.open(old))
        except ValueError:
            done.lost += 1


def _rows(engine: sa.Engine, table: sa.Table, column: sa.Column[bytes], after: Any, batch: int) -> list[Row]:
    query = sa.select(*table.primary_key.columns, column.label("sealed_value")).where(column.is_not(None))
    if after is not None:
        query = query.where(sa.tuple_(*table.primary_key.columns) > after)
    with engine.connect() as connection:
        found = connection.execute(query.order_by(*table.primary_key.columns).limit(batch))
        return [(tuple(row[:-1]), bytes(row[-1])) for row in found]


def _write(engine: sa.Engine, table: sa.Table, column: sa.Column[bytes], rows: Sequence[Any]) -> None:
    if not rows:
        return
    here = [part == sa.bindparam(f"key_{place}") for place, part in enumerate(table.primary_key.columns)]
    # Whatever was written since we looked is sealed as of now, and is left alone.
    change = sa.update(table).where(*here, column == sa.bindparam("before")).values({column: sa.bindparam("anew")})
    keyed = [
        {f"key_{place}": part for place, part in enumerate(key)} | {"before": old, "anew": new}
        for key, old, new in rows
    ]
    with engine.begin() as connection:
        connection.execute(_PATIENCE)
        connection.execute(change, keyed)
