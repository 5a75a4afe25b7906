"""Keeps the copies of what other services own; repeated and late news changes nothing."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_review.models import Base, Organisation, ProgrammeVersion, Project, Unit


def programme(session: Session, key: str, version: int, pack: dict[str, Any]) -> None:
    """Of a pack only what review needs: route, step at which a returned case enters again, status names, items."""
    _once(
        session,
        ProgrammeVersion,
        programme=key,
        version=version,
        route=pack["route"],
        re_entry_step=pack.get("submission", {}).get("re_entry_step", ""),
        labels=pack.get("labels", {}),
        items=_items(pack),
        reconsideration=pack.get("reconsideration"),
    )


def _items(pack: dict[str, Any]) -> list[str]:
    """What a return may list: every field of the form, and every material by its key."""
    sections = [s for s in pack.get("sections", ()) if not s.get("read_only")]
    fields = [f"{section['key']}.{field['key']}" for section in sections for field in section["fields"]]
    return fields + [material["key"] for material in pack.get("materials", ())]


def project(session: Session, project_id: UUID, publisher_id: UUID) -> None:
    _once(session, Project, project_id=project_id, publisher_id=publisher_id)


def organisation(session: Session, organisation_id: UUID, *, parent_id: UUID | None, name: str, level: str) -> None:
    _once(session, Organisation, organisation_id=organisation_id, parent_id=parent_id, name=name, level=level)


def unit(session: Session, unit_id: UUID, *, name: str, department_id: UUID, self_declaring: bool) -> None:
    known = {"name": name, "department_id": department_id, "self_declaring": self_declaring}
    _once(session, Unit, unit_id=unit_id, revision=0, **known)


def rename_unit(session: Session, unit_id: UUID, *, name: str) -> None:
    session.execute(sa.update(Unit).where(Unit.unit_id == unit_id).values(name=name))


def end_self_declaring(session: Session, unit_id: UUID) -> None:
    session.execute(sa.update(Unit).where(Unit.unit_id == unit_id).values(self_declaring=False))


def move_unit(session: Session, unit_id: UUID, *, department_id: UUID, revision: int) -> None:
    """Takes over the new department; running cases are moved by the recalls that applications tells."""
    session.execute(
        sa.update(Unit)
        .where(Unit.unit_id == unit_id, Unit.revision < revision)
        .values(department_id=department_id, revision=revision)
    )


def _once(session: Session, row: type[Base], **values: Any) -> None:
    session.execute(insert(row).values(**values).on_conflict_do_nothing())
