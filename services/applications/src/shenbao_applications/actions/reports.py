"""Reporting applications, one or many, for the first time or again."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.actions import analyses, filling
from shenbao_applications.actions.desk import Desk, Result
from shenbao_applications.actions.drafts import around_of, found, period_of
from shenbao_applications.actions.fillers import ensure_assured, shows_face
from shenbao_applications.domain import lifecycle, printing, projects, staging
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.domain.pack import validity
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Snapshot
from shenbao_applications.queries import applications, organisations, packs, reportable, routes
from shenbao_applications.queries.reportable import Reportable
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ApplicationResubmittedV1, ApplicationSubmittedV1
from shenbao_common.data.last_words import say_last
from shenbao_common.data.of_person import OfPerson
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotAllowed, Refusal, RuleBroken
from shenbao_common.kernel.ids import uuid7

Given = Mapping[str, Any]

_SNAPSHOT = sa.insert(cast(sa.Table, Snapshot.__table__))
"""Written once and never changed, so it needs no place in the session."""


def report_many(session: Session, ids: Sequence[UUID], given: Given, *, desk: Desk) -> list[Result]:
    """Reports those that may be reported, each with its result.

    Refuses the whole when operator or telephone is wrong (S4g-18), or when the actor may not report at all.
    """
    desk.actor.require("application.report")
    rows = reportable.held(session, ids, desk.actor)
    if not rows and not organisations.departments_of_unit(session, desk.actor.unit_id):
        raise NotAllowed("may_not_report")
    asking = [packs.pack(session, version_id) for version_id in {row.version_id for row in rows.values()}]
    filling.ensure_asked(asking, given)
    for pack in asking:
        filling.report_values(pack, given)
    results = []
    for application_id in ids:
        row = rows.get(application_id)
        refused = None
        try:
            _report(session, found(row), given, desk)
        except Refusal as why:
            refused = why
        results.append(Result(application_id, row.reference if row else "", refused))
    return results


def report(
    session: Session, application_id: UUID, given: Given, *, desk: Desk, face_id: UUID | None = None
) -> Reportable:
    """Reports one (T08, T16). face_id: of the authentication for this submission."""
    row = reportable.held(session, [application_id], desk.actor).get(application_id)
    if row is None:
        applications.application_of(session, application_id, desk.actor)
        raise NotAllowed("may_not_report")
    desk.actor.require("application.report")
    filling.ensure_asked([packs.of(session, row)], given)
    _report(session, row, given, desk, face_id)
    return row


def _report(session: Session, row: Reportable, given: Given, desk: Desk, face_id: UUID | None = None) -> None:
    pack = packs.of(session, row)
    values = filling.report_values(pack, given)
    again = row.status == Status.RETURNED
    _ensure_reportable(row, pack, desk)
    row.unit_id = row.bound_unit_id or row.unit_id
    today, alone = office_day(desk.now), row.unit.self_declaring
    skips = pack.skips(row.sections, variant=row.variant, today=today, self_declaring=alone)
    group = routes.ensure_leads(session, pack, row, skips)
    _take_face(session, row, pack, face_id, desk)
    row.status = lifecycle.after(row.status, Move.REPORT)
    row.round += 1
    row.revision += 1
    row.version += 1
    row.reported_at = desk.now
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
        department_id=row.unit.department_ids[0],
        filler_id=row.filler_id,
        submitted_at=desk.now,
        operator_id=desk.actor.account_id,
        document_ids=printing.document_ids(pack, row.sections),
        print_hash=row.print_hash,
        group=group,
        skips=skips,
    )
    snapshot = _snapshot(row, values, desk)
    reportable.store(session, row)
    say_last(session, _SNAPSHOT, snapshot)
    outbox.record(session, told, revision=row.revision)


def _ensure_reportable(row: Reportable, pack: Pack, desk: Desk) -> None:
    if desk.actor.kind not in pack.accounts("report", row.variant):
        raise NotAllowed("may_not_report")
    ensure_assured(pack, desk.actor)
    _ensure_ready(row, pack)
    _ensure_corrected(row, pack, desk)
    if missing := staging.wanting(pack, row.sections, variant=row.variant):
        raise RuleBroken("incomplete", *missing)
    if wrong := validity.wrong(pack, row.sections, period_of(row.project, desk), variant=row.variant):
        raise RuleBroken("invalid", *wrong)
    correction = row.status == Status.RETURNED and pack.document["submission"]["corrections_after_close"]
    if not correction:
        projects.ensure_open(row.project.opens_on, row.project.closes_on, desk.now)
    around = around_of(row.project, row.unit.department_ids, desk)
    if objections := pack.objections(row.sections, around, at="report", variant=row.variant):
        raise RuleBroken("not_eligible", *objections)


def _ensure_ready(row: Reportable, pack: Pack) -> None:
    """Where it must stand before anybody looks into it; a person's own has a unit where the programme asks for one."""
    if row.status in lifecycle.UNDER_REVIEW:
        raise Conflict("already_reported")
    if pack.needs_binding and row.bound_unit_id is None:
        raise Conflict("binding_required")
    if pack.needs_check and row.status == Status.DRAFT:
        raise Conflict("check_needed")


def _ensure_corrected(row: Reportable, pack: Pack, desk: Desk) -> None:
    """What was returned to the applicant is reported by others only after the applicant has saved it again (X13)."""
    if row.status != Status.RETURNED or desk.actor.account_id == row.filler_id:
        return
    back = (s.step_key for s in row.steps if s.state == "returned" and s.round == row.round)
    to_applicant = any(pack.step(key).get("return_to") == "applicant" for key in back)
    if to_applicant and row.reported_at is not None and row.saved_at <= row.reported_at:
        raise Conflict("applicant_corrects_first")


def _take_face(session: Session, row: Reportable, pack: Pack, face_id: UUID | None, desk: Desk) -> None:
    """Last of all, so that nobody stands in front of a camera for what is refused anyway."""
    if shows_face(pack, desk.actor):
        analyses.use_up(session, face_id, row.version_id, desk=desk)


def _snapshot(row: Reportable, values: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "application_id": row.id,
        "round": row.round,
        "revision": row.revision,
        "sections": OfPerson(row.sections, row.filler_id),
        "report": dict(values),
        "content_hash": printing.content_hash(
            row.sections, reference=row.reference, round=row.round, submitted_at=desk.now.isoformat()
        ),
        "submitted_by": desk.actor.account_id,
        "submitted_at": desk.now,
    }
