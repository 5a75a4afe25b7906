"""The pool of experts of an office: invited, bound to the account with which they vote, ended. Relations declared."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_review.models import Case, Expert, Relation, Unit

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for each other when an invitation is read out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the office knows of an expert. unit_id: the employer, by which conflicts are found."""

    name: str
    unit_id: UUID | None
    specialties: Sequence[str]
    term_from: date
    term_to: date


def add(session: Session, body_id: UUID, profile: Profile) -> tuple[Expert, str]:
    """Puts somebody into the pool; answers the invitation, which is shown once and to be handed over."""
    expert = Expert(expert_id=uuid7(), body_id=body_id)
    change(session, expert, profile)
    session.add(expert)
    return expert, invite(session, expert)


def change(session: Session, expert: Expert, profile: Profile) -> None:
    """Takes over a new term, unit or specialties."""
    problems = []
    if profile.term_to < profile.term_from:
        problems.append(Problem("ends_before_begin", "term_to"))
    if profile.unit_id and session.get(Unit, profile.unit_id) is None:
        problems.append(Problem("unknown_unit", "unit_id"))
    ensure(problems)
    expert.name, expert.unit_id = profile.name, profile.unit_id
    expert.specialties = sorted(set(profile.specialties))
    expert.term_from, expert.term_to = profile.term_from, profile.term_to


def invite(session: Session, expert: Expert) -> str:
    """A new invitation; the one before is void. Refuses for whoever has an account already."""
    if expert.account_id is not None:
        raise Conflict("already_joined")
    text = "".join(secrets.choice(_LETTERS) for _ in range(16))
    expert.invitation = sealer_of(session).blind(text)
    return text


def join(session: Session, invitation: str, actor: Actor) -> Expert:
    """Whoever was handed the invitation votes with this account from now on."""
    known = sealer_of(session).blind(invitation.strip().upper().replace("-", ""))
    expert = session.scalar(sa.select(Expert).where(Expert.invitation == known).with_for_update())
    if expert is None or expert.ended_at is not None:
        raise NotFound("invitation_unknown")
    same = sa.select(Expert.expert_id).where(Expert.account_id == actor.account_id, Expert.body_id == expert.body_id)
    if session.scalar(same) is not None:
        raise Conflict("already_joined")
    expert.account_id, expert.invitation = actor.account_id, None
    return expert


def end(expert: Expert, now: datetime) -> None:
    """Is drawn no more; what the expert sits in already goes on."""
    expert.ended_at, expert.invitation = expert.ended_at or now, None


def account_of(expert: Expert) -> UUID:
    """With which the expert votes; refuses for one who has not joined."""
    if expert.account_id is None:
        raise Conflict("not_joined")
    return expert.account_id


def deciding(session: Session, actor: Actor) -> UUID:
    """The actor's account, if it ever decides or votes about anything: nobody else has relations to declare."""
    known = sa.select(sa.exists().where(Expert.account_id == actor.account_id))
    if actor.kind != Kind.OFFICE and not session.scalar(known):
        raise NotAllowed("wrong_kind_of_account")
    return actor.account_id


def declare(
    session: Session, account_id: UUID, *, reference: str | None, unit_id: UUID | None, actor: Actor, now: datetime
) -> Relation:
    """This account is related to the applicant of a case, or to a unit: exactly one of them."""
    if (reference is None) == (unit_id is None):
        ensure([Problem("one_of", "", {"names": "reference, unit_id"})])
    case_id = session.scalar(sa.select(Case.application_id).where(Case.reference == reference)) if reference else None
    known_unit = session.get(Unit, unit_id) if unit_id else None
    if reference and case_id is None:
        ensure([Problem("unknown_reference", "reference")])
    if unit_id and known_unit is None:
        ensure([Problem("unknown_unit", "unit_id")])
    relation = Relation(
        relation_id=uuid7(),
        account_id=account_id,
        application_id=case_id,
        unit_id=unit_id,
        declared_by=actor.account_id,
        declared_at=now,
    )
    session.add(relation)
    return relation


def withdraw(session: Session, relation_id: UUID, actor: Actor) -> None:
    """Takes back what the actor declared."""
    own = sa.delete(Relation).where(Relation.relation_id == relation_id, Relation.declared_by == actor.account_id)
    if session.execute(own.returning(Relation.relation_id)).first() is None:
        raise NotFound
