"""Citing the performance archive in an application: copied once from what was passed, never synchronised back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_applications.actions import drafts
from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.fillers import ensure_filler
from shenbao_applications.actions.filling import Content
from shenbao_applications.domain import lifecycle
from shenbao_applications.domain.lifecycle import Move
from shenbao_applications.domain.pack.compiled import Field, Pack
from shenbao_applications.models import Application
from shenbao_applications.models.archive import ArchiveRecord
from shenbao_applications.queries import archive, packs
from shenbao_common.kernel.errors import NotFound, Problem, ensure

SOURCE = "archive_record"
"""Where a cited row keeps the record that it was copied from."""


@dataclass(frozen=True)
class Citable:
    """A record that might be cited. values: of the version that was passed; None while none was."""

    record: ArchiveRecord
    values: Mapping[str, Any] | None
    cited: bool


def citable(session: Session, row: Application, pack: Pack, section: str) -> list[Citable]:
    """Every record of the filler in the category that a section cites, oldest first."""
    category, field = cited_field(pack, section)
    cited = {line.get(SOURCE) for line in row.sections.get(section, {}).get(field["key"], ())}
    found = archive.records_of_holder(session, row.filler_id, category)
    return [
        Citable(record, record.passed.values if record.passed else None, str(record.id) in cited) for record in found
    ]


def cite(session: Session, row: Application, section: str, record_ids: Sequence[UUID], *, desk: Desk) -> None:
    """The section holds these records afterwards, in this order; refuses each that was not passed (S1-27)."""
    pack = packs.of(session, row)
    ensure_filler(pack, row.variant, desk.actor)
    lifecycle.after(row.status, Move.SAVE_INCOMPLETE)
    _, field = cited_field(pack, section)
    known = {one.record.id: one for one in citable(session, row, pack, section)}
    ensure(
        [
            Problem(code, f"records.{i}")
            for i, record_id in enumerate(record_ids)
            if (code := _objection(known.get(record_id), record_id in record_ids[:i]))
        ]
    )
    content = Content(pack, row.sections, {}, whole=False)
    content.sections[section] = {field["key"]: [_row(field, known[record_id]) for record_id in record_ids]}
    drafts.keep(session, row, pack, content, desk)


def cited_field(pack: Pack, section: str) -> tuple[str, Field]:
    """The category that a section cites and the list that holds the copies; refuses a section that cites nothing."""
    found = next((s for s in pack.sections if s["key"] == section and s.get("archive")), None)
    if found is None:
        raise NotFound
    return found["archive"], found["fields"][0]


def _objection(one: Citable | None, again: bool) -> str | None:
    if one is None:
        return "unknown_record"
    if one.values is None:
        return "record_not_passed"
    return "duplicate" if again else None


def _row(field: Field, one: Citable) -> dict[str, Any]:
    columns = {column["key"] for column in field["fields"]}
    values = one.values or {}
    return {key: value for key, value in values.items() if key in columns} | {SOURCE: str(one.record.id)}
