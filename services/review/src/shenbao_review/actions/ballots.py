"""The secret ballot: opened on a quorum, cast once, closed and counted, counted again.

Who voted and what was voted are never together in a row, a log line or an event: a vote marks the member's row and puts
its slips into the urn, whose one sealed value holds those of everybody in an order of chance.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_review.domain.ballot import CHOICES, Result, Tally, Terms, counted, decided
from shenbao_review.domain.states import SittingState
from shenbao_review.models import Recusal, Sitting, SittingCase, SittingCount, SittingMember, Urn
from shenbao_review.queries import sittings

_COUNTS = cast(sa.Table, SittingCount.__table__)
_SECOND = 2
_EXPIRED = {SittingState.CLOSED, SittingState.SIGNED}


def open_first(session: Session, sitting: Sitting, now: datetime) -> None:
    """Opens the ballot when the quorum attends; who has a conflict with a candidate is recused from it."""
    if sitting.state != SittingState.PLANNED:
        raise Conflict("ballot_open" if sitting.state == SittingState.VOTING else "ballot_closed")
    members = sittings.members(session, sitting)
    candidates = sittings.candidates(session, sitting.sitting_id)
    terms = Terms.of(sitting.terms)
    attending = [member for member in members if member.attends]
    if not candidates:
        raise Conflict("no_cases")
    if sitting.chair_id is None:
        raise Conflict("no_chair")
    if len(attending) < terms.attending(len(members)):
        raise Conflict("quorum_missing", attending=len(attending), quorum=terms.attending(len(members)))
    experts, cases = [m.expert for m in members], [case for _, case, _ in candidates]
    found = sittings.conflicts(session, experts, cases, same_unit=terms.recuse_same_unit)
    for expert_id, codes in found.items():
        for application_id, code in codes.items():
            session.add(_recusal(sitting, expert_id, application_id, code))
    _begin(session, sitting, 1)
    sitting.opened_at = now


def open_second(session: Session, sitting: Sitting) -> None:
    """The one further round, about those who were equal at the cap."""
    if sitting.state != SittingState.CLOSED:
        raise Conflict("not_closed")
    tied = [c for c, _, _ in sittings.candidates(session, sitting.sitting_id) if c.result == Result.TIED]
    if not tied:
        raise Conflict("no_second_round")
    for candidate in tied:
        candidate.in_round, candidate.result = _SECOND, Result.PENDING
    _begin(session, sitting, _SECOND)


def _begin(session: Session, sitting: Sitting, number: int) -> None:
    sitting.state, sitting.round = SittingState.VOTING, number
    session.add(Urn(sitting_id=sitting.sitting_id, round=number, slips={}))
    session.flush()


def _recusal(sitting: Sitting, expert_id: UUID, application_id: UUID, reason: str) -> Recusal:
    return Recusal(sitting_id=sitting.sitting_id, expert_id=expert_id, application_id=application_id, reason=reason)


def recuse(session: Session, sitting: Sitting, member: SittingMember, application_id: UUID) -> None:
    """A member declares a conflict with a candidate before voting."""
    _ensure_open(sitting, member)
    if application_id not in ballot(session, sitting, member):
        ensure([Problem("unknown_candidate", "application_id")])
    session.add(_recusal(sitting, member.expert_id, application_id, "conflict_declared"))


def ballot(session: Session, sitting: Sitting, member: SittingMember) -> list[UUID]:
    """About whom this member votes in the present round, in the order of the list."""
    recused = {row.application_id for row in sittings.recusals(session, sitting.sitting_id, member.expert_id)}
    own = sa.select(SittingCase.application_id).where(
        SittingCase.sitting_id == sitting.sitting_id, SittingCase.in_round == sitting.round
    )
    return [one for one in session.scalars(own.order_by(SittingCase.number)) if one not in recused]


def vote(
    session: Session, sitting: Sitting, member: SittingMember, choices: Mapping[UUID, str], *, number: int
) -> None:
    """Casts a whole ballot, once a round. The sitting is held against closing, the member against a second try."""
    _ensure_open(sitting, member)
    if number != sitting.round:
        raise Conflict("wrong_round")
    offered = ballot(session, sitting, member)
    recused = {row.application_id for row in sittings.recusals(session, sitting.sitting_id, member.expert_id)}
    problems = [Problem("required", f"choices.{one}") for one in offered if one not in choices]
    for one in choices:
        if one in recused:
            problems.append(Problem("recused", f"choices.{one}"))
        elif one not in offered:
            problems.append(Problem("unknown_candidate", f"choices.{one}"))
    ensure(problems, problems[0].code if problems else "invalid")
    member.voted_round = sitting.round
    _put(session, sitting, choices)


def _ensure_open(sitting: Sitting, member: SittingMember) -> None:
    if sitting.state != SittingState.VOTING:
        raise Conflict("ballot_closed" if sitting.state in _EXPIRED else "ballot_not_open")
    if not member.attends:
        raise Conflict("not_attending")
    if member.voted_round >= sitting.round:
        raise Conflict("already_voted")


def _put(session: Session, sitting: Sitting, choices: Mapping[UUID, str]) -> None:
    urn = session.get_one(Urn, (sitting.sitting_id, sitting.round), with_for_update=True, populate_existing=True)
    slips = dict(urn.slips)
    for application_id, choice in choices.items():
        mixed = [*slips.get(str(application_id), []), [secrets.token_hex(12)[len(choice) :], choice]]
        slips[str(application_id)] = sorted(mixed)
    urn.slips = slips


def close(session: Session, sitting: Sitting, now: datetime) -> None:
    """Ends the round and counts; the sitting is held, so of two who close at once one is told that it is over."""
    if sitting.state != SittingState.VOTING:
        raise Conflict("ballot_closed" if sitting.state in _EXPIRED else "ballot_not_open")
    urn = session.get_one(Urn, (sitting.sitting_id, sitting.round), with_for_update=True, populate_existing=True)
    candidates = [c for c, _, _ in sittings.candidates(session, sitting.sitting_id)]
    tallies = tallied(session, sitting, urn)
    through = sum(c.result == Result.PASSED for c in candidates)
    seats = sitting.seats - through if sitting.seats is not None else None
    results = decided(Terms.of(sitting.terms), tallies, seats, last=sitting.round == _SECOND)
    for candidate in candidates:
        candidate.result = results.get(candidate.application_id, Result(candidate.result))
    session.execute(sa.insert(_COUNTS), [_count(sitting, tally) for tally in tallies])
    urn.content_hash = hash_of(urn)
    sitting.state, sitting.closed_at = SittingState.CLOSED, now


def tallied(session: Session, sitting: Sitting, urn: Urn) -> list[Tally]:
    """Counts the slips of a round, in the order of the list."""
    attending = {m.expert_id for m in sittings.members(session, sitting) if m.attends}
    absent: dict[UUID, int] = {}
    if not Terms.of(sitting.terms).count_recused:
        for row in sittings.recusals(session, sitting.sitting_id):
            absent[row.application_id] = absent.get(row.application_id, 0) + (row.expert_id in attending)
    voted_on = [c for c, _, _ in sittings.candidates(session, sitting.sitting_id) if c.in_round >= urn.round]
    return [
        counted(
            c.application_id,
            _choices(urn, c.application_id),
            present=len(attending) - absent.get(c.application_id, 0),
        )
        for c in voted_on
    ]


def _choices(urn: Urn, application_id: UUID) -> list[str]:
    found = [choice for _, choice in urn.slips.get(str(application_id), [])]
    return [choice for choice in found if choice in CHOICES]


def hash_of(urn: Urn) -> str:
    """Of the slips as they lay in the urn: what the minutes hold against a later change."""
    return sha256(json.dumps(urn.slips, sort_keys=True).encode()).hexdigest()


def _count(sitting: Sitting, tally: Tally) -> dict[str, Any]:
    return {
        "sitting_id": sitting.sitting_id,
        "round": sitting.round,
        "application_id": tally.application_id,
        "present": tally.present,
        "yes": tally.yes,
        "no": tally.no,
        "abstained": tally.abstained,
    }


def recount(session: Session, sitting: Sitting) -> list[dict[str, Any]]:
    """Counts every closed round again from its slips: is it what was announced, and are the slips those of then?"""
    if sitting.state not in _EXPIRED:
        raise Conflict("not_closed")
    announced = sittings.counts(session, sitting.sitting_id)
    rounds = sa.select(Urn).where(Urn.sitting_id == sitting.sitting_id).order_by(Urn.round)
    return [_compared(session, sitting, urn, announced) for urn in session.scalars(rounds)]


def _compared(session: Session, sitting: Sitting, urn: Urn, announced: Any) -> dict[str, Any]:
    again = {t.application_id: (t.present, t.yes, t.no, t.abstained) for t in tallied(session, sitting, urn)}
    then = {c.application_id: (c.present, c.yes, c.no, c.abstained) for c in announced if c.round == urn.round}
    slips = sum(len(own) for own in urn.slips.values())
    unchanged = hash_of(urn) == urn.content_hash
    return {"round": urn.round, "slips": slips, "agrees": again == then, "unchanged": unchanged}
