"""Growing the organisation tree, one level at a time, and taking out of it what is empty."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import OrganisationCancelledV1, OrganisationCreatedV1
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_units import queries
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import organisations
from shenbao_units.domain.levels import Level, objections_to_parent
from shenbao_units.models import ORGANISATION_CODE_ONCE, OfficeAccount, Organisation
from shenbao_units.queries import level_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A node to be made. code: "" lets the coding rule give one."""

    code: str
    name: str
    level: Level
    parent_id: UUID | None
    demands_letter: bool = False


def create(session: Session, wanted: Wanted, *, actor: Actor, digits: int, now: datetime) -> Organisation:
    """Adds a node; an office only directly below its own organisation (S4i-02).

    digits: of the coding rule, 0 for none. Refuses `organisation_code_taken`, an unknown parent, one of a wrong level,
    a code that breaks the rule.
    """
    if actor.kind is Kind.OFFICE and (wanted.parent_id is None or wanted.parent_id != actor.organisation_id):
        raise NotAllowed("not_own_organisation")
    parent = session.get(Organisation, wanted.parent_id, with_for_update=True) if wanted.parent_id else None
    unknown = wanted.parent_id is not None and level_of(parent) is None
    problems = [Problem("unknown_organisation", "parent_id")] if unknown else []
    problems = problems or objections_to_parent(wanted.level, level_of(parent))
    code, wrong = _code(session, wanted.code, parent, digits)
    ensure([*problems, *wrong])
    row = Organisation(
        id=uuid7(),
        code=code,
        name=wanted.name,
        level=wanted.level.value,
        parent_id=wanted.parent_id,
        demands_letter=wanted.demands_letter,
        created_at=now,
    )
    session.add(row)
    flush_or_conflict(session, {ORGANISATION_CODE_ONCE: "organisation_code_taken"})
    event = OrganisationCreatedV1(
        organisation_id=row.id, parent_id=row.parent_id, code=code, name=row.name, level=row.level
    )
    outbox.record(session, event, revision=1)
    return row


def _code(session: Session, code: str, parent: Organisation | None, digits: int) -> tuple[str, list[Problem]]:
    if parent is None or not digits:
        return code, [] if code else [Problem("required", "code")]
    if code:
        return code, organisations.objections_to_code(code, parent.code, digits)
    return organisations.next_code(parent.code, queries.last_child_code(session, parent, digits), digits), []


def cancel(session: Session, row: Organisation, *, actor: Actor, now: datetime) -> None:
    """Takes an empty organisation out of the tree; an office only what is directly below its own (S4i-05)."""
    if actor.kind is Kind.OFFICE and row.parent_id != actor.organisation_id:
        raise NotAllowed("not_own_organisation")
    organisations.ensure_empty(queries.remaining(session, row.id))
    row.cancelled_at = now
    outbox.record(session, OrganisationCancelledV1(organisation_id=row.id), revision=2)
    session.flush()


def demand_letter(row: Organisation, *, demanded: bool, actor: Actor) -> None:
    """Of units that come below it from now on; from whom a letter is due already, it stays due."""
    if actor.kind is Kind.OFFICE and row.parent_id != actor.organisation_id:
        raise NotAllowed("not_own_organisation")
    row.demands_letter = demanded


def note_staff(session: Session, account_id: UUID, organisation_id: UUID, *, revision: int, active: bool) -> None:
    """Keeps where an office's account works; older news than what is known is left aside."""
    values = {"organisation_id": organisation_id, "revision": revision, "active": active}
    new = insert(OfficeAccount).values(account_id=account_id, **values)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id"], set_=values, where=OfficeAccount.revision < new.excluded.revision
        )
    )
