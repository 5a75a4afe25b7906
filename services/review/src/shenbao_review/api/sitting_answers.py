"""What a sitting looks like to its office, and to a member."""

from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from shenbao_review.actions import ballots
from shenbao_review.actions import minutes as minutes_actions
from shenbao_review.domain.ballot import Terms
from shenbao_review.domain.states import SittingState
from shenbao_review.models import Sitting, SittingMember
from shenbao_review.queries import agendas, sittings


def item(sitting: Sitting) -> dict[str, Any]:
    names = ("sitting_id", "committee_id", "committee_name", "title", "held_on", "seats", "state", "round")
    return {name: getattr(sitting, name) for name in (*names, "opened_at", "closed_at", "signed_at")}


def whole(session: Session, sitting: Sitting) -> dict[str, Any]:
    members = sittings.members(session, sitting)
    recused = Counter(row.expert_id for row in sittings.recusals(session, sitting.sitting_id))
    return item(sitting) | {
        "quorum": Terms.of(sitting.terms).attending(len(members)),
        "text": sitting.text,
        "draws": sitting.draws,
        "members": [_member(sitting, one) | {"recused": recused[one.expert_id]} for one in members],
        "candidates": minutes_actions.candidates(session, sitting),
    }


def _member(sitting: Sitting, member: SittingMember) -> dict[str, Any]:
    return {"expert_id": member.expert_id, "name": member.expert.name, "drawn": member.drawn} | _place(sitting, member)


def _place(sitting: Sitting, member: SittingMember) -> dict[str, Any]:
    return {
        "attends": member.attends,
        "chairs": member.expert_id == sitting.chair_id,
        "voted": 0 < sitting.round <= member.voted_round,
    }


def seat(sitting: Sitting, member: SittingMember) -> dict[str, Any]:
    return item(sitting) | _place(sitting, member)


def ballot(session: Session, sitting: Sitting, member: SittingMember) -> dict[str, Any]:
    """candidates: about whom the member votes, none before the ballot is open; agenda: what the member reads."""
    wanted = set(ballots.ballot(session, sitting, member)) if sitting.state == SittingState.VOTING else set()
    entered = sittings.candidates(session, sitting.sitting_id)
    return seat(sitting, member) | {
        "candidates": [_line(one) for one in entered if one.candidate.application_id in wanted],
        "agenda": [_line(point.entered) for point in agendas.agenda(session, sitting, member)],
    }


def _line(entered: sittings.Entered) -> dict[str, Any]:
    candidate, case, unit_name = entered
    return {
        "number": candidate.number,
        "application_id": candidate.application_id,
        "reference": case.reference,
        "unit_name": unit_name,
        "variant": case.variant,
    }


def minutes(session: Session, sitting: Sitting) -> dict[str, Any]:
    content = minutes_actions.content(session, sitting)
    return {"minutes": content, "content_hash": minutes_actions.hash_of(content), "signed_at": sitting.signed_at}
