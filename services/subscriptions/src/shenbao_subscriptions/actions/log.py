"""Takes an event into the log, with what filters will ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.contracts import catalogue
from shenbao_common.kernel.actor import NOBODY
from shenbao_subscriptions.domain.facts import bodies_named, identifier, result_of

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

# One round trip: what is known of the application, or of the unit that the event names, the organisations above, and
# whether the event would overtake what another publisher told of its subject before, which waits in the inbox.
_KNOWN = sa.text(
    """
    WITH RECURSIVE told AS (
        SELECT application_id, programme, unit_id, project_id FROM application WHERE application_id = :application_id
        UNION ALL
        SELECT NULL, NULL, CAST(:unit_id AS uuid), NULL WHERE CAST(:application_id AS uuid) IS NULL
    ), branch AS (
        SELECT organisation_id, parent_id FROM organisation WHERE organisation_id = ANY(:named)
        UNION
        SELECT organisation_id, parent_id FROM organisation WHERE organisation_id = (
            SELECT department_id FROM unit JOIN told USING (unit_id)
        )
        UNION
        SELECT o.organisation_id, o.parent_id FROM organisation o JOIN branch b ON o.organisation_id = b.parent_id
    )
    SELECT programme, unit_id, project_id, year, department_id,
        ARRAY(SELECT organisation_id FROM branch ORDER BY organisation_id) AS branch,
        EXISTS (
            SELECT FROM inbox WHERE source = ANY(:others) AND subject = :subject AND state = 'deferred'
            AND CAST(envelope ->> 'time' AS timestamptz) < :time
        ) AS overtakes
    FROM told LEFT JOIN project USING (project_id) LEFT JOIN unit USING (unit_id)
    """
).bindparams(
    sa.bindparam("application_id", type_=sa.Uuid),
    sa.bindparam("unit_id", type_=sa.Uuid),
    sa.bindparam("named", type_=ARRAY(sa.Uuid)),
    sa.bindparam("others", type_=ARRAY(sa.Text)),
    sa.bindparam("time", type_=sa.DateTime(timezone=True)),
)
_PUBLISHERS = frozenset(event_type.publisher() for event_type in catalogue.ALL)


class NotYetKnown(Exception):
    """Another publisher has told what this event needs, but it is still on its way; the event is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What filters ask for; None and empty where the event has nothing of the kind."""

    programme: str | None = None
    year: int | None = None
    bodies: Sequence[UUID] = ()


def take(session: Session, envelope: Envelope) -> None:
    """One row; raises NotYetKnown when it is about an application, unit or organisation that nobody has told of, or
    something that another publisher told of its subject before is still waiting."""
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
            "bodies": list(facts.bodies),
            "step": envelope.data.get("step_key"),
            "result": result_of(envelope.type),
        },
    )


def _facts(session: Session, envelope: Envelope) -> Facts:
    """What the event says, and what is known of its application, with all organisations above those that it names."""
    data, named = envelope.data, set(bodies_named(envelope.type, envelope.data))
    application_id, unit_id = identifier(data, "application_id"), identifier(data, "unit_id")
    said = Facts(programme=data.get("programme"), year=data.get("year"))
    if not (application_id or unit_id or named):
        return said
    of_whom = {"application_id": application_id, "unit_id": _standing(unit_id), "named": list(named)}
    others = list(_PUBLISHERS - {envelope.source})
    of_what = {"subject": envelope.subject, "others": others, "time": envelope.time}
    known = session.execute(_KNOWN, of_whom | of_what).one_or_none()
    if known is None or (known.project_id and known.year is None):
        raise NotYetKnown("the application or its project")
    if known.overtakes:
        raise NotYetKnown("what was told before")
    unit_id = _standing(known.unit_id)
    if unit_id and known.department_id is None:
        raise NotYetKnown("the unit")
    if not (named | ({known.department_id} if unit_id else set())) <= set(known.branch):
        raise NotYetKnown("an organisation")
    bodies = [*([unit_id] if unit_id else []), *known.branch]
    return (
        Facts(programme=known.programme, year=known.year, bodies=bodies)
        if application_id
        else replace(said, bodies=bodies)
    )


def _standing(unit_id: UUID | None) -> UUID | None:
    """None for a person's own application, until a unit stands by it."""
    return None if unit_id == NOBODY else unit_id
