"""Reporting applications, one or many, for the first time or again."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.actions import filling
from shenbao_applications.actions.desk import Desk, Result
from shenbao_applications.actions.drafts import around_of, found
from shenbao_applications.domain import lifecycle, printing, projects
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.domain.pack.compiled import Around, Pack
from shenbao_applications.models import Application, Snapshot
from shenbao_applications.queries import applications, organisations, packs
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ApplicationResubmittedV1, ApplicationSubmittedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, NotAllowed, Refusal, RuleBroken

Given = Mapping[str, Any]

_SNAPSHOT = sa.insert(cast(sa.Table, Snapshot.__table__))
"""Written once and never changed, so it needs no place in the session."""


def report_many(session: Session, ids: Sequence[UUID], given: Given, *, desk: Desk) -> list[Result]:
    """Reports those that may be reported, each with its result.

    Refuses the whole when operator or telephone is wrong (S4g-18), or when the actor may not report at all.
    """
    desk.actor.require("application.report")
    departments = _departments(session, desk.actor)
    rows = {row.id: row for row in applications.applications_to_change(session, ids, desk.actor)}
    for version_id in {row.version_id for row in rows.values()}:
        filling.report_values(packs.pack(session, version_id), given)
    arounds: dict[UUID, Around] = {}
    results = []
    for application_id in ids:
        row = rows.get(application_id)
        refused = None
        try:
            project = found(row).project
            if project.id not in arounds:
                arounds[project.id] = around_of(project, departments, desk)
            _report(session, found(row), arounds[project.id], given, desk)
        except Refusal as why:
            refused = why
        results.append(Result(application_id, row.reference if row else "", refused))
    return results


def report(session: Session, row: Application, given: Given, *, desk: Desk) -> Application:
    """Reports one (T08, T16)."""
    desk.actor.require("application.report")
    departments = _departments(session, desk.actor)
    _report(session, row, around_of(row.project, departments, desk), given, desk)
    return row


def _departments(session: Session, actor: Actor) -> list[UUID]:
    # Held until the end, so that a change of department comes wholly before or wholly after this report.
    departments = organisations.departments_of_unit(session, actor.unit_id, held=True)
    if not departments:
        raise NotAllowed("may_not_report")
    return departments


def _report(session: Session, row: Application, around: Around, given: Given, desk: Desk) -> None:
    pack = packs.pack(session, row.version_id)
    values = filling.report_values(pack, given)
    again = row.status == Status.RETURNED
    _ensure_reportable(row, pack, around, desk)
    row.status = lifecycle.after(row.status, Move.REPORT)
    row.round += 1
    row.revision += 1
    row.reported_at = desk.now
    session.execute(_SNAPSHOT, _snapshot(row, values, desk))
    event_type = ApplicationResubmittedV1 if again else ApplicationSubmittedV1
    told = event_type(
        application_id=row.id,
        revision=row.revision,
        round=row.round,
        reference=row.reference,
        programme=row.programme,
        version=row.project.version,
        project_id=row.project_id,
        variant=row.variant,
        tier=row.project.tier,
        unit_id=row.unit_id,
        department_id=UUID(around.department_ids[0]),
        filler_id=row.filler_id,
        submitted_at=desk.now,
        operator_id=desk.actor.account_id,
        document_ids=printing.document_ids(pack, row.sections),
        print_hash=row.print_hash,
    )
    outbox.record(session, told, revision=row.revision)


def _ensure_reportable(row: Application, pack: Pack, around: Around, desk: Desk) -> None:
    if desk.actor.kind not in pack.document["submission"]["report"]:
        raise NotAllowed("may_not_report")
    if row.status == Status.IN_REVIEW:
        raise Conflict("already_reported")
    if missing := pack.missing(row.sections, variant=row.variant):
        raise RuleBroken("incomplete", *missing)
    correction = row.status == Status.RETURNED and pack.document["submission"]["corrections_after_close"]
    if not correction:
        projects.ensure_open(row.project.opens_on, row.project.closes_on, desk.now)
    if objections := pack.objections(row.sections, around, at="report", variant=row.variant):
        raise RuleBroken("not_eligible", *objections)


def _snapshot(row: Application, values: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    return {
        "application_id": row.id,
        "round": row.round,
        "revision": row.revision,
        "sections": row.sections,
        "report": dict(values),
        "content_hash": printing.content_hash(
            row.sections, reference=row.reference, round=row.round, submitted_at=desk.now.isoformat()
        ),
        "submitted_by": desk.actor.account_id,
        "submitted_at": desk.now,
    }
