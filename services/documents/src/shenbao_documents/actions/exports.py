"""Tables of more rows than one sheet holds: gathered sheet by sheet, written by the worker, fetched when done."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import outbox
from shenbao_common.contracts.documents import ExportWrittenV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_documents.actions import jobs
from shenbao_documents.actions.files import hold_content
from shenbao_documents.domain.forms import sheet_refused
from shenbao_documents.domain.tables import TableSheet
from shenbao_documents.models import Export, ExportPart
from shenbao_documents.providers.storage import Storage
from shenbao_documents.providers.workbook import MOST_ROWS, write_table


def begin(session: Session, table: TableSheet, *, actor: Actor, now: datetime, goes_on: str | None = None) -> Export:
    """Opens a table with its first sheet. goes_on: where whoever gathers takes the next one from."""
    _ensure_own(table, actor)
    row = Export(
        id=uuid7(),
        account_id=actor.account_id,
        title=table.title,
        labels=list(table.labels),
        state=jobs.GATHERING,
        rows=0,
        written=0,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return _added(session, row, table, goes_on)


def add(
    session: Session,
    export_id: UUID,
    table: TableSheet,
    *,
    actor: Actor,
    goes_on: str | None = None,
    beyond: int | None = None,
) -> Export:
    """The next sheet of the same table. beyond: the rows it follows; a sheet that is in already changes nothing."""
    _ensure_own(table, actor)
    row = jobs.of(session, Export, export_id, actor, lock=True)
    if row.state != jobs.GATHERING:
        raise Conflict("export_complete")
    if (table.title, list(table.labels)) != (row.title, row.labels):
        raise sheet_refused("sheet_of_other_table")
    if beyond is not None and row.rows > beyond:
        return row
    return _added(session, row, table, goes_on)


def work_off(sessions: sessionmaker[Session], storage: Storage, now: Callable[[], datetime]) -> bool:
    """Writes the oldest table that waits, a sheet at a time; False when there is none."""
    with sessions.begin() as session:
        row = jobs.claimed(session, Export, now())
    if row is None:
        return False
    # Whoever took it over, because no sheet was written for a whole lease, writes it to the end.
    with suppress(jobs.Lost), tempfile.TemporaryFile() as written:
        target = cast(BinaryIO, written)
        write_table(target, title=row.title, labels=row.labels, rows=_rows(sessions, row, now))
        size = target.tell()
        target.seek(0)
        with storage.receive(target, limit=size) as incoming, sessions.begin() as session:
            hold_content(session, incoming.sha256)
            done = {"state": jobs.DONE, "sha256": incoming.sha256, "size": size, "written": row.rows}
            jobs.renew(session, row, now(), **done)
            session.execute(sa.delete(ExportPart).where(ExportPart.export_id == row.id))
            outbox.record(session, _told(row, now()))
            storage.keep(incoming)
    return True


def _told(row: Export, now: datetime) -> ExportWrittenV1:
    return ExportWrittenV1(
        export_id=row.id,
        account_id=row.account_id,
        rows=row.rows,
        written_at=now,
        kept_until=row.made_at + jobs.KEPT,
    )


def _rows(sessions: sessionmaker[Session], export: Export, now: Callable[[], datetime]) -> Iterator[Sequence[str]]:
    written = 0
    for number in range(MOST_ROWS):
        with sessions.begin() as session:
            part = session.get(ExportPart, (export.id, number))
            jobs.renew(session, export, now(), written=written)
            if part is None:
                return
            rows = part.rows
        yield from rows
        written += len(rows)


def _added(session: Session, row: Export, table: TableSheet, goes_on: str | None) -> Export:
    if row.rows + len(table.rows) > MOST_ROWS:
        raise RuleBroken("invalid", Problem("too_many", "sheet", {"limit": MOST_ROWS}))
    parts = sa.select(sa.func.coalesce(sa.func.max(ExportPart.number) + 1, 0)).where(ExportPart.export_id == row.id)
    session.add(ExportPart(export_id=row.id, number=session.scalar(parts) or 0, rows=[list(r) for r in table.rows]))
    row.rows += len(table.rows)
    row.goes_on = goes_on
    session.flush()
    return row


def _ensure_own(table: TableSheet, actor: Actor) -> None:
    actor.require("application.export")
    if table.account_id != actor.account_id:
        raise NotFound
