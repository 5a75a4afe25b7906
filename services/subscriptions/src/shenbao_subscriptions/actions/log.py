"""Takes an event into the log, with what filters will ask of it."""

from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.kernel.actor import NOBODY
from shenbao_subscriptions.domain.facts import bodies_named, identifier, result_of
from shenbao_subscriptions.models import Application, Project, Unit

CHANNEL = "log"
"""NOTIFY channel on which a commit with news wakes whoever delivers."""

# Positions are given in the order of commits: whoever writes holds the lock until its transaction ends, else a reader
# that has come to 11 would never see a 10 that was committed after it.
_TAKE = sa.text(
    """
    INSERT INTO log (event_id, type, subject, time, envelope, programme, year, bodies, step, result)
    SELECT :event_id, :type, :subject, :time, :envelope, :programme, :year, :bodies, :step, :result
    FROM (SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, '')) AS held
    """
).bindparams(
    sa.bindparam("event_id", type_=sa.Uuid),
    sa.bindparam("time", type_=sa.DateTime(timezone=True)),
    sa.bindparam("envelope", type_=JSONB),
    sa.bindparam("programme", type_=sa.Text),
    sa.bindparam("year", type_=sa.Integer),
    sa.bindparam("bodies", type_=ARRAY(sa.Uuid)),
    sa.bindparam("step", type_=sa.Text),
    sa.bindparam("result", type_=sa.Text),
    lock=0x5368656E4C6F,  # "ShenLo"
    channel=CHANNEL,
)

_BRANCH = sa.text(
    """
    WITH RECURSIVE branch AS (
        SELECT organisation_id, parent_id FROM organisation WHERE organisation_id = ANY(:named)
        UNION
        SELECT o.organisation_id, o.parent_id FROM organisation o JOIN branch b ON o.organisation_id = b.parent_id
    )
    SELECT organisation_id FROM branch
    """
).bindparams(sa.bindparam("named", type_=ARRAY(sa.Uuid)))


class NotYetKnown(Exception):
    """Another publisher has told what this event needs, but it is still on its way; the event is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What filters ask for; None and empty where the event has nothing of the kind."""

    programme: str | None = None
    year: int | None = None
    unit_id: UUID | None = None
    step: str | None = None


def take(session: Session, envelope: Envelope) -> None:
    """One row; raises NotYetKnown when it is about an application, unit or organisation that nobody has told of."""
    facts = _facts(session, envelope)
    session.execute(
        _TAKE,
        {
            "event_id": envelope.id,
            "type": envelope.type,
            "subject": envelope.subject,
            "time": envelope.time,
            "envelope": replace(envelope, heads="").to_structured(),
            "programme": facts.programme,
            "year": facts.year,
            "bodies": _bodies(session, envelope, facts.unit_id),
            "step": facts.step,
            "result": result_of(envelope.type),
        },
    )


def _facts(session: Session, envelope: Envelope) -> Facts:
    data = envelope.data
    said = Facts(
        programme=data.get("programme"),
        year=data.get("year"),
        unit_id=identifier(data, "unit_id"),
        step=data.get("step_key"),
    )
    application_id = identifier(data, "application_id")
    return said if application_id is None else _of_application(session, application_id, said)


def _of_application(session: Session, application_id: UUID, said: Facts) -> Facts:
    row = session.execute(
        sa.select(Application.programme, Application.unit_id, Application.project_id, Project.year)
        .join(Project, Project.project_id == Application.project_id, isouter=True)
        .where(Application.application_id == application_id)
    ).one_or_none()
    if row is None or (row.project_id and row.year is None):
        raise NotYetKnown("the application or its project")
    return Facts(programme=row.programme, year=row.year, unit_id=row.unit_id, step=said.step)


def _bodies(session: Session, envelope: Envelope, unit_id: UUID | None) -> list[UUID]:
    """The unit and all organisations above it and above what the event itself names."""
    named = set(bodies_named(envelope.type, envelope.data))
    if unit_id == NOBODY:
        unit_id = None  # a person's own, until a unit stands by it
    if unit_id is not None:
        department_id = session.scalar(sa.select(Unit.department_id).where(Unit.unit_id == unit_id))
        if department_id is None:
            raise NotYetKnown("the unit")
        named.add(department_id)
    if not named:
        return []
    branch = set(session.scalars(_BRANCH, {"named": list(named)}))
    if not named <= branch:
        raise NotYetKnown("an organisation")
    return [*([unit_id] if unit_id else []), *sorted(branch)]
