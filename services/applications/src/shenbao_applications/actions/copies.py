"""Keeping the copies of organisations and units current."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.models import Binding, Committee, Organisation, Unit
from shenbao_common.contracts.review import CommitteeFormedV1


def remember_organisation(
    session: Session, organisation_id: UUID, *, parent_id: UUID | None, name: str, level: str
) -> None:
    row = {"id": organisation_id, "parent_id": parent_id, "name": name, "level": level}
    session.execute(insert(Organisation).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def forget_organisation(session: Session, organisation_id: UUID) -> None:
    """It was cancelled, so no way leads there any more; nothing is left below it (units)."""
    session.execute(sa.delete(Organisation).where(Organisation.id == organisation_id))


def remember_unit(session: Session, unit_id: UUID, *, name: str, department_id: UUID, self_declaring: bool) -> None:
    row = {"id": unit_id, "name": name, "department_id": department_id, "self_declaring": self_declaring, "revision": 0}
    session.execute(insert(Unit).values(row).on_conflict_do_nothing())


def rename_unit(session: Session, unit_id: UUID, *, name: str) -> None:
    session.execute(sa.update(Unit).where(Unit.id == unit_id).values(name=name))


def end_self_declaring(session: Session, unit_id: UUID) -> None:
    """What is reported from now on is examined by the unit itself; what is reported already keeps its way."""
    session.execute(sa.update(Unit).where(Unit.id == unit_id).values(self_declaring=False))


def remember_binding(session: Session, account_id: UUID, *, unit_id: UUID, activated_at: datetime) -> None:
    """News of an earlier binding changes nothing."""
    row = {"account_id": account_id, "unit_id": unit_id, "activated_at": activated_at}
    new = insert(Binding).values(row)
    later = Binding.activated_at < new.excluded.activated_at
    session.execute(new.on_conflict_do_update(index_elements=["account_id"], set_=row, where=later))


def remember_committee(session: Session, told: CommitteeFormedV1) -> None:
    """Older news than what is known changes nothing."""
    row = {
        "id": told.committee_id,
        "organisation_id": told.organisation_id,
        "name": told.name,
        "programmes": list(told.programmes),
        "groups": list(told.groups),
        "active": told.active,
        "revision": told.revision,
    }
    newer = Committee.revision < told.revision
    session.execute(insert(Committee).values(row).on_conflict_do_update(index_elements=["id"], set_=row, where=newer))
