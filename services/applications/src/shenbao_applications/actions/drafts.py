"""Beginning, saving and deleting an application."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from shenbao_applications.actions import (
    commitments,
    prefilling,
    receipts,
    references,
    registered,
    renewals,
    saved_news,
    storing,
    units_of_forms,
)
from shenbao_applications.actions.desk import Desk, Result
from shenbao_applications.actions.fillers import ensure_face, ensure_filler
from shenbao_applications.actions.filling import Content
from shenbao_applications.actions.milestones import note_information
from shenbao_applications.domain import corrections, lifecycle, printing, projects, staging, steps
from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.domain.pack import saving, validity
from shenbao_applications.domain.pack.compiled import Around, Pack
from shenbao_applications.models import Application, Project, Unit
from shenbao_applications.queries import applications, organisations, packs, pieces
from shenbao_applications.queries.projects import offered_project
from shenbao_applications.queries.reportable import ProjectOf
from shenbao_common.bus import outbox
from shenbao_common.contracts.applications import ApplicationCreatedV1, ApplicationDeletedV1
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import NOBODY, Actor, Kind
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Refusal, ensure

Given = Mapping[str, Any]
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What the applicant brings along.

    accepted: keys of the commitments that were agreed to; each of the programme's is needed. profile: what identity
    says of the person, where the programme begins with it. analysis: what registers said of the person.
    """

    accepted: Sequence[str] = ()
    profile: Mapping[str, Any] | None = None
    analysis: Mapping[str, Any] | None = None


def create(
    session: Session,
    project_id: UUID,
    given: Given,
    *,
    desk: Desk,
    brought: Brought,
) -> Application:
    """T01: begins an application in an open project, with as much filled in as there is."""
    unit = session.get(Unit, desk.actor.unit_id) if desk.actor.unit_id else None
    departments = organisations.departments_of(session, unit)
    project = offered_project(session, project_id, desk.actor, departments)
    plain = packs.pack(session, project.version_id)
    codes = packs.codes_for_new(session, plain, office_day(desk.now))
    pack = packs.pack(session, project.version_id, codes)
    ensure_filler(pack, project.variant, desk.actor)
    projects.ensure_open(project.opens_on, project.closes_on, desk.now)
    commitments.ensure_accepted(pack, brought.accepted)
    ensure_face(pack, brought.analysis)
    steps.ensure_open(pack, (), given)
    row = _new(project, codes, desk)
    set_committed_value(row, "unit", unit)
    row.sections = prefilling.sections(pack, brought.profile)
    renewals.begin(session, row, pack, brought.profile, desk.now)
    if brought.analysis is not None:
        registered.begin(row, pack, brought.analysis, given)
    content = _content(session, row, pack, given, desk, whole=not row.sections)
    around = around_of(project, departments, desk)
    ensure(pack.objections(content.sections, around, at="create", variant=row.variant), "not_eligible")
    row.reference = references.following(session, office_day(desk.now).year)
    session.add(row)
    row.saved_steps = steps.saved_after(pack, (), given, content.missing(variant=row.variant))
    _fill(session, row, pack, content, desk, begins=True)
    commitments.remember(session, row, pack, desk)
    created = ApplicationCreatedV1(
        application_id=row.id, programme=row.programme, unit_id=row.unit_id, filler_id=row.filler_id
    )
    outbox.record(session, created, revision=row.revision)
    return row


def save(
    session: Session, row: Application, given: Given, *, whole: bool, desk: Desk, confirmed: Collection[str] = ()
) -> Application:
    """T02 to T06, T15: all tabs at once or a part; wrong values store nothing, missing ones make it a draft.

    confirmed: places of choices on which rules depend and which are meant to be changed.
    """
    pack = packs.of(session, row)
    ensure_filler(pack, row.variant, desk.actor)
    lifecycle.after(row.status, staging.move_of_save(pack, complete=False))
    saved_steps = row.saved_steps or ()
    steps.ensure_open(pack, saved_steps, given)
    content = _content(session, row, pack, given, desk, whole=whole)
    if changed := saving.to_confirm(pack, row.sections, content.sections, confirmed, variant=row.variant):
        raise Conflict("confirmation_needed", *changed)
    _ensure_information(row, pack, content, given)
    row.saved_steps = steps.saved_after(pack, saved_steps, given, content.missing(variant=row.variant))
    keep(session, row, pack, content, desk)
    note_information(session, row, pack, given, desk=desk)
    return row


def keep(session: Session, row: Application, pack: Pack, content: Content, desk: Desk) -> None:
    """Stores new content of a form that may be changed now."""
    _ensure_open(row, pack, content)
    _fill(session, row, pack, content, desk)
    saved_news.tell(session, row, pack)


def ensure_editable(row: Application, pack: Pack, actor: Actor) -> None:
    """Whether what registers say may be laid into it; not after a return that opened some items only."""
    ensure_filler(pack, row.variant, actor)
    lifecycle.after(row.status, lifecycle.Move.SAVE_INCOMPLETE)
    if row.status == Status.RETURNED and row.open_items is not None:
        raise Conflict("item_not_open")


def store(session: Session, row: Application, pack: Pack, *, desk: Desk) -> None:
    """Keeps what registers filled in as a save does."""
    _fill(session, row, pack, Content(pack, row.sections, {}, whole=False), desk)
    saved_news.tell(session, row, pack)


def delete(session: Session, row: Application, *, desk: Desk) -> None:
    """T07: forgets what was filled in; the number stays used."""
    ensure_filler(packs.of(session, row), row.variant, desk.actor)
    _forget(session, row)


def forget_own(session: Session, account_id: UUID) -> None:
    """The person's account is gone: what was never reported goes with it, what was reported stays (S4h-10)."""
    own = (Application.filler_id == account_id) & (Application.unit_id == NOBODY) & (Application.round == 0)
    query = sa.select(Application).where(own, Application.status != Status.DELETED.value)
    for row in session.scalars(query.order_by(Application.id).with_for_update()):
        _forget(session, row)


def _forget(session: Session, row: Application) -> None:
    row.status = lifecycle.ensure_deletable(row.status, round=row.round)
    row.sections, row.headline = {}, {}
    row.name_index = row.number_index = None
    row.revision += 1
    deleted = ApplicationDeletedV1(application_id=row.id, unit_id=row.unit_id, filler_id=row.filler_id)
    outbox.record(session, deleted, revision=row.revision)


def delete_many(session: Session, ids: Sequence[UUID], *, desk: Desk) -> list[Result]:
    """Deletes those that may be deleted, each with its result (S4g-17)."""
    desk.actor.require("application.fill")
    rows = {row.id: row for row in applications.applications_to_change(session, ids, desk.actor)}
    results = []
    for application_id in ids:
        row = rows.get(application_id)
        refused = None
        try:
            delete(session, found(row), desk=desk)
        except Refusal as why:
            refused = why
        results.append(Result(application_id, row.reference if row else "", refused))
    return results


def found(row: Row | None) -> Row:
    """Refuses as not found what is not there for this actor."""
    if row is None:
        raise NotFound
    return row


def around_of(project: Project | ProjectOf, departments: Sequence[UUID], desk: Desk) -> Around:
    """Facts around an application of the actor's unit, which these departments are over."""
    return Around(
        project={
            "name": project.name,
            "year": project.year,
            "specialties": project.specialties,
            "scope_department_ids": project.scope_department_ids,
        },
        unit_id=str(desk.actor.unit_id or ""),
        department_ids=tuple(str(d) for d in departments),
        today=office_day(desk.now),
    )


def _new(project: Project, codes: int | None, desk: Desk) -> Application:
    own = desk.actor.kind is Kind.PERSON
    if desk.actor.unit_id is None and not own:
        raise NotAllowed("may_not_fill")
    return Application(
        project=project,
        version_id=project.version_id,
        programme=project.programme,
        variant=project.variant,
        codes_version=codes,
        unit_id=desk.actor.unit_id or NOBODY,
        filler_id=desk.actor.account_id,
        status=lifecycle.START,
        round=0,
        revision=0,
        sections={},
        created_at=desk.now,
    )


def _content(session: Session, row: Application, pack: Pack, given: Given, desk: Desk, *, whole: bool) -> Content:
    content = Content(pack, row.sections, given, whole=whole)
    receipts.settle(content, row.sections, desk, version=row.project.version)
    content.check_numbers(today=office_day(desk.now))
    units_of_forms.settle(session, content)
    renewals.check(session, row, pack, content)
    units_of_forms.select(row, pack, content)
    content.problems += saving.objections(pack, content.sections, variant=row.variant)
    content.problems += saving.not_chosen(pack, content.sections, given, variant=row.variant)
    if not content.problems:  # What is not of its type is nothing to judge further.
        period = period_of(row.project, desk)
        content.problems += validity.wrong(pack, content.sections, period, variant=row.variant, within=set(given))
    ensure(content.problems)
    registered.settle(row, pack, content.sections)
    return content


def period_of(project: Project | ProjectOf, desk: Desk) -> validity.Period:
    """The days that values are judged by."""
    return validity.Period(
        year=project.year, opens_on=project.opens_on, closes_on=project.closes_on, today=office_day(desk.now)
    )


def _ensure_open(row: Application, pack: Pack, content: Content) -> None:
    """An itemised return lets nothing else be changed (B-02)."""
    if row.status != Status.RETURNED or row.open_items is None:
        return
    items = frozenset(row.open_items)
    if closed := corrections.not_open(pack, row.sections, content.sections, items, variant=row.variant):
        raise Conflict("item_not_open", *closed)


def _ensure_information(row: Application, pack: Pack, content: Content, given: Given) -> None:
    """Where information comes first it is saved complete; what was printed of it before is signed anew."""
    if not staging.is_staged(pack):
        return
    ensure(staging.missing_information(pack, content.sections, variant=row.variant), "incomplete")
    if staging.is_information(pack, given):
        staging.outdate(pack, content.sections, row.sections)


def _fill(
    session: Session, row: Application, pack: Pack, content: Content, desk: Desk, *, begins: bool = False
) -> None:
    sections = content.sections
    complete = not (pack.needs_check or content.missing(variant=row.variant))
    row.status = lifecycle.after(row.status, staging.move_of_save(pack, complete=complete, begins=begins))
    row.sections = sections
    row.headline = printing.headline(pack, sections)
    blind = sealer_of(session).blind
    name, number = (pack.value(sections, pack.document["identity"][word]) for word in ("name", "number"))
    known_by = row.name_index, row.number_index
    row.name_index = blind(f"name:{name}") if name else None
    row.number_index = blind(f"number:{number}") if number else None
    if not pack.unit_decides:
        row.parts = None
    elif row.parts is None or known_by != (row.name_index, row.number_index):
        row.parts = pieces.of_person(session, str(name or ""), str(number or ""))
    row.print_hash = blind(printing.printed_text(pack, sections, variant=row.variant)).hex()
    row.revision += 1
    row.saved_at = desk.now
    if begins or known_by[1] != row.number_index:
        storing.now(session, pack)
    else:
        storing.at_commit(session, row)
