"""Growing the organisation tree."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel.errors import Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain.levels import Level, objections_to_parent
from shenbao_units.models import ORGANISATION_CODE_ONCE, Organisation
from shenbao_units.queries import level_of


def create(
    session: Session, *, code: str, name: str, level: Level, parent_id: UUID | None, now: datetime
) -> Organisation:
    """Adds a node; refuses `organisation_code_taken`, an unknown parent or one of a wrong level."""
    parent = session.get(Organisation, parent_id) if parent_id else None
    unknown = parent_id is not None and parent is None
    ensure([Problem("unknown_organisation", "parent_id")] if unknown else objections_to_parent(level, level_of(parent)))
    row = Organisation(id=uuid7(), code=code, name=name, level=level.value, parent_id=parent_id, created_at=now)
    session.add(row)
    flush_or_conflict(session, {ORGANISATION_CODE_ONCE: "organisation_code_taken"})
    event = OrganisationCreatedV1(organisation_id=row.id, parent_id=parent_id, code=code, name=name, level=level.value)
    outbox.record(session, event, revision=1)
    return row
