"""Applications that an actor may read, their lists and counts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.domain.tabs import COUNT_BOUND
from shenbao_applications.models import Application, Commitment, Project, Snapshot, Step
from shenbao_applications.models.received import Received
from shenbao_applications.models.reconsideration import Reconsideration
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound


def in_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """A unit reads its own, a filler what they fill, an office what is or was in its queue, an administrator all.

    What a recall took back is no longer in any queue of before.
    """
    return _scope(actor.kind, actor.account_id, actor.unit_id, actor.organisation_id)


def _scope(kind: Kind, account_id: object, unit_id: object, organisation_id: object) -> sa.ColumnElement[bool]:
    if kind is Kind.UNIT:
        return Application.unit_id == unit_id
    if kind is Kind.SUB_ACCOUNT:
        return sa.and_(Application.filler_id == account_id, Application.unit_id == unit_id)
    if kind is Kind.PERSON:
        return Application.filler_id == account_id
    if kind is Kind.OFFICE:
        queued = sa.select(Received.application_id).where(Received.organisation_id == organisation_id)
        return Application.id.in_(queued)
    return sa.true() if kind is Kind.ADMIN else sa.false()


# Made once: putting a statement together takes longer than asking it.
_IS_KEPT = Application.status != Status.DELETED
_KEPT = sa.select(Application).where(_IS_KEPT).options(joinedload(Application.project), joinedload(Application.unit))
_LISTED = _KEPT.options(selectinload(Application.steps))
_LOCKED = _KEPT.with_for_update(of=Application).execution_options(populate_existing=True)
_ONE = Application.id == sa.bindparam("application_id")
_OWN = {kind: _scope(kind, *map(sa.bindparam, ("account_id", "unit_id", "organisation_id"))) for kind in Kind}
_ONE_TO_READ = {kind: _KEPT.where(own, _ONE) for kind, own in _OWN.items()}
_ONE_TO_CHANGE = {kind: _LOCKED.where(own, _ONE) for kind, own in _OWN.items()}


def kept() -> sa.Select[Application]:
    """Whoever asks: for a read that a slip opens."""
    return _KEPT


def whole() -> sa.Select[Application]:
    """With what a list shows of project, unit and steps: as many statements for a hundred rows as for one."""
    return _LISTED


def readable(actor: Actor) -> sa.Select[Application]:
    """Those of them that the actor may read."""
    return _LISTED.where(in_scope(actor))


def application_of(session: Session, application_id: UUID, actor: Actor) -> Application:
    """Refuses as not found what the actor may not read."""
    return _one(session, _ONE_TO_READ, application_id, actor)


def just_begun(row: Application) -> Application:
    """The same with everything that is shown of it, none of which has to be read again."""
    for name in row.__mapper__.column_attrs.keys() - row.__dict__.keys():
        set_committed_value(row, name, None)
    set_committed_value(row, "steps", [])
    return row


def of_same_person(session: Session, row: Application, ids: Collection[UUID]) -> Sequence[UUID]:
    """Those of the ids whose applicant has the ID number of this one's."""
    same = sa.and_(Application.id.in_(ids), Application.id != row.id, Application.number_index == row.number_index)
    return session.scalars(sa.select(Application.id).where(same)).all()


def by_reference(session: Session, reference: str) -> Application | None:
    """For operators, who look at events and not at what is in them; deleted ones too."""
    return session.scalar(sa.select(Application).where(Application.reference == reference))


def applications_to_change(session: Session, ids: Collection[UUID], actor: Actor) -> list[Application]:
    """Locks those of the ids that the actor may read, always in the same order, so that two batches do not block."""
    query = _LOCKED.where(in_scope(actor), Application.id.in_(ids)).order_by(Application.id)
    return _with_steps(session, list(session.scalars(query)))


def commitments_of(session: Session, application_id: UUID) -> Sequence[Commitment]:
    """What its applicant agreed to, and when."""
    own = sa.select(Commitment).where(Commitment.application_id == application_id)
    return session.scalars(own.order_by(Commitment.id)).all()


def reconsideration_of(session: Session, row: Application) -> Reconsideration | None:
    """Only what was rejected can have one."""
    return session.get(Reconsideration, row.id) if row.status == Status.REJECTED else None


def application_to_change(session: Session, application_id: UUID, actor: Actor) -> Application:
    """Locks one; refuses as not found what the actor may not read."""
    return _one(session, _ONE_TO_CHANGE, application_id, actor)


def _one(
    session: Session, query: Mapping[Kind, sa.Select[Application]], application_id: UUID, actor: Actor
) -> Application:
    asked = {name: getattr(actor, name) for name in ("account_id", "unit_id", "organisation_id")}
    found = session.scalar(query[actor.kind], {"application_id": application_id, **asked})
    if found is None:
        raise NotFound
    return _with_steps(session, [found])[0]


def _with_steps(session: Session, rows: list[Application]) -> list[Application]:
    for row, steps in zip(rows, steps_of(session, rows), strict=True):
        set_committed_value(row, "steps", steps)
    return rows


class Numbered(Protocol):
    """An application in any shape."""

    @property
    def id(self) -> UUID: ...
    @property
    def round(self) -> int: ...


def steps_of(session: Session, rows: Sequence[Numbered]) -> list[list[Step]]:
    """The steps of each, in order. What was never reported has none; most that is changed is such, and asks nothing."""
    steps: dict[UUID, list[Step]] = defaultdict(list)
    if reported := [row.id for row in rows if row.round]:
        for step in session.scalars(sa.select(Step).where(Step.application_id.in_(reported)).order_by(Step.id)):
            steps[step.application_id].append(step)
    return [steps[row.id] for row in rows]


def latest_snapshot(session: Session, application_id: UUID) -> Snapshot:
    """What was reported last; refuses as not found what never was."""
    mine = sa.select(Snapshot).where(Snapshot.application_id == application_id)
    found = session.scalar(mine.order_by(Snapshot.round.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def snapshot_of_round(session: Session, application_id: UUID, round: int) -> Snapshot | None:
    mine = sa.select(Snapshot).where(Snapshot.application_id == application_id, Snapshot.round == round)
    return session.scalar(mine)


def open_drafts(session: Session, programme: str) -> int:
    """How many of a programme are being filled in, by anybody; stops counting at COUNT_BOUND."""
    draft = sa.text("status in ('draft', 'materials_pending', 'ready_to_report')")
    bounded = sa.select(Application.id).where(Application.programme == programme, draft).limit(COUNT_BOUND).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(bounded)).one()


def statuses_by_project(session: Session, actor: Actor, projects: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many of each status in each project; stops counting at COUNT_BOUND rows of a project."""
    own = sa.select(Application.status).where(in_scope(actor), _IS_KEPT)
    bounded = own.where(Application.project_id == Project.id).limit(COUNT_BOUND).lateral()
    counted = sa.select(Project.id, bounded.c.status, sa.func.count()).select_from(Project).join(bounded, sa.true())
    grouped = counted.where(Project.id.in_(projects)).group_by(Project.id, bounded.c.status)
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for project_id, status, number in session.execute(grouped):
        found[project_id][status] = number
    return found


def latest_step(steps: Iterable[Step], round: int) -> Step | None:
    """The open step of the present round, else the one decided last."""
    present = [s for s in steps if s.round == round and s.state != "watched"]
    return next((s for s in present if s.state == "open"), present[-1] if present else None)
