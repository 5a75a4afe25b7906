"""Forming and changing committees; the cases that waited for one go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions import routing
from shenbao_review.models import Committee


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a committee is called and evaluates; programmes, groups: empty for everything."""

    name: str
    programmes: Sequence[str]
    groups: Sequence[str]
    active: bool = True
    outside: bool = False


def form(session: Session, body_id: UUID, charge: Charge) -> Committee:
    """From now on cases of its programmes and groups come to it."""
    committee = Committee(committee_id=uuid7(), body_id=body_id)
    session.add(committee)
    _set(session, committee, charge)
    return committee


def change(session: Session, committee: Committee, charge: Charge) -> None:
    """Cases that are laid out already stay where they are."""
    _set(session, committee, charge)


def _set(session: Session, committee: Committee, charge: Charge) -> None:
    committee.name, committee.active, committee.outside = charge.name, charge.active, charge.outside
    committee.programmes, committee.groups = sorted(set(charge.programmes)), sorted(set(charge.groups))
    session.flush()
    told = CommitteeFormedV1(
        committee_id=committee.committee_id,
        organisation_id=committee.body_id,
        name=committee.name,
        programmes=tuple(committee.programmes),
        groups=tuple(committee.groups),
        active=committee.active,
        revision=committee.version,
    )
    outbox.record(session, told, revision=committee.version)
    routing.lay_out_waiting(session)
