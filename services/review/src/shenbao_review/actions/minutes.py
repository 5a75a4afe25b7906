"""The minutes of a sitting: what was voted on and with which result. The chair's signature makes the results count."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.errors import Conflict, NotAllowed
from shenbao_review.actions.decisions import Verdict, conclude_all
from shenbao_review.domain.ballot import Result, Terms
from shenbao_review.domain.states import Action, SittingState, StepState
from shenbao_review.models import Sitting, SittingMember, Urn
from shenbao_review.queries import sittings
from shenbao_review.queries.cases import cases_to_change

_NOBODY = Actor(account_id=UUID(int=0), kind=Kind.SERVICE)


def write(sitting: Sitting, text: str) -> None:
    """What the secretary adds in words; not after the signature."""
    if sitting.state == SittingState.SIGNED:
        raise Conflict("already_signed")
    sitting.text = text


def content(session: Session, sitting: Sitting) -> dict[str, Any]:
    """The minutes as they are signed: numbers, results, hashes of the urns; nobody's vote and nobody's name."""
    if sitting.state not in {SittingState.CLOSED, SittingState.SIGNED}:
        raise Conflict("not_closed")
    members = sittings.members(session, sitting)
    terms = Terms.of(sitting.terms)
    urns = session.scalars(sa.select(Urn).where(Urn.sitting_id == sitting.sitting_id).order_by(Urn.round))
    return {
        "committee": sitting.committee_name,
        "title": sitting.title,
        "held_on": sitting.held_on.isoformat(),
        "members": len(members),
        "attending": sum(member.attends for member in members),
        "quorum": terms.attending(len(members)),
        "yes_times": terms.yes_times,
        "present_times": terms.present_times,
        "seats": sitting.seats,
        "rounds": [{"round": urn.round, "slips_hash": urn.content_hash} for urn in urns],
        "candidates": candidates(session, sitting),
        "text": sitting.text,
    }


def signed_content(session: Session, sitting: Sitting) -> dict[str, Any]:
    """What the chair signed, with when and with its hash; before that nobody is told that it is final."""
    if sitting.state != SittingState.SIGNED or sitting.signed_at is None:
        raise Conflict("not_signed")
    signed_at = sitting.signed_at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    return content(session, sitting) | {"signed_at": signed_at, "content_hash": sitting.content_hash}


def candidates(session: Session, sitting: Sitting) -> list[dict[str, Any]]:
    counted: dict[UUID, list[dict[str, int]]] = {}
    for count in sittings.counts(session, sitting.sitting_id):
        numbers = {name: getattr(count, name) for name in ("round", "present", "yes", "no", "abstained")}
        counted.setdefault(count.application_id, []).append(numbers)
    return [
        {
            "number": candidate.number,
            "application_id": str(candidate.application_id),
            "reference": case.reference,
            "unit_name": unit_name,
            "result": candidate.result,
            "counts": counted.get(candidate.application_id, []),
        }
        for candidate, case, unit_name in sittings.candidates(session, sitting.sitting_id)
    ]


def hash_of(minutes: dict[str, Any]) -> str:
    return sha256(json.dumps(minutes, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def sign(session: Session, sitting: Sitting, member: SittingMember, content_hash: str, now: datetime) -> None:
    """The chair signs what they have read: every case is decided as the committee voted. The sitting is held."""
    if member.expert_id != sitting.chair_id:
        raise NotAllowed("not_chair")
    if sitting.state == SittingState.SIGNED:
        raise Conflict("already_signed")
    minutes = content(session, sitting)
    if any(candidate["result"] == Result.TIED for candidate in minutes["candidates"]):
        raise Conflict("second_round_due")
    if content_hash != hash_of(minutes):
        raise Conflict("minutes_changed")
    sitting.state, sitting.signed_at, sitting.content_hash = SittingState.SIGNED, now, content_hash
    _decide(session, sitting, now)


def _decide(session: Session, sitting: Sitting, now: datetime) -> None:
    """What was recalled meanwhile has no such step open any more and stays as it is."""
    entered = {c.application_id: c for c, _, _ in sittings.candidates(session, sitting.sitting_id)}
    ended = []
    for case in cases_to_change(session, list(entered)):
        candidate = entered[case.application_id]
        step = next((s for s in case.steps if s.step_id == candidate.step_id), None)
        if step is not None and step.state == StepState.OPEN:
            action = Action.PASS if candidate.result == Result.PASSED else Action.FAIL
            ended.append((case, step, Verdict(actor=_NOBODY, action=action, opinion=None, now=now)))
    conclude_all(session, ended, None)
