"""After publicity: numbers first, then the document that issues them; a number may be revoked (S4a-09)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import CertificateNumberedV1, CertificateNumberRevokedV1
from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotFound
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions import erasing
from shenbao_review.domain.decision import ensure_may
from shenbao_review.domain.states import Action, CaseState, PublicityState, PublicState
from shenbao_review.models import Case, CertificateNumber, Issuance, NumberCounter, Publicity, PublicityCase


def number(session: Session, notice: Publicity, series: str, *, actor: Actor, now: datetime) -> Issuance:
    """Consecutive numbers, in the order of the notice, for everybody in it who is through. The notice is held."""
    ensure_may(actor, Action.PASS)
    if notice.state != PublicityState.ENDED:
        raise Conflict("publicity_running", last_day=notice.last_day.isoformat())
    known = sa.select(Issuance.issuance_id).where(Issuance.publicity_id == notice.publicity_id)
    if session.scalar(known) is not None:
        raise Conflict("already_numbered")
    through = _through(session, notice)
    made = Issuance(
        issuance_id=uuid7(),
        publicity_id=notice.publicity_id,
        body_id=notice.body_id,
        title=notice.title,
        numbered_at=now,
        numbered_by=actor.account_id,
    )
    year = office_day(now).year
    first = _taken(session, f"{series}{year}", len(through))
    made.numbers = [
        CertificateNumber(
            application_id=case.application_id, reference=case.reference, number=f"{series}{year}{count:06d}"
        )
        for count, case in enumerate(through, first)
    ]
    session.add(made)
    session.flush()
    return made


def _through(session: Session, notice: Publicity) -> Sequence[Case]:
    """Cases of the notice that are passed; refuses while an objection or a later step may still decide otherwise."""
    query = sa.select(PublicityCase.state, Case).join(Case, Case.application_id == PublicityCase.application_id)
    own = query.where(PublicityCase.publicity_id == notice.publicity_id).order_by(PublicityCase.number)
    rows = [(row[0], row[1]) for row in session.execute(own)]
    if any(state == PublicState.SUSPENDED for state, _ in rows):
        raise Conflict("objection_open")
    if any(case.state == CaseState.IN_REVIEW for state, case in rows if state == PublicState.PASSED):
        raise Conflict("not_determined")
    through = [case for state, case in rows if state == PublicState.PASSED and case.state == CaseState.PASSED]
    if not through:
        raise Conflict("nobody_passed")
    return through


def _taken(session: Session, series: str, many: int) -> int:
    """The first of so many numbers. The row stays locked until the commit: whoever comes next waits, and a refusal
    gives them back."""
    new = insert(NumberCounter).values(series=series, last=many)
    counted = new.on_conflict_do_update(index_elements=["series"], set_={"last": NumberCounter.last + many})
    return session.scalars(counted.returning(NumberCounter.last)).one() - many + 1


def issue(
    session: Session, made: Issuance, document_number: str, issuing_unit: str, *, actor: Actor, now: datetime
) -> None:
    """The document is out: from now on certificates bear the numbers. The issuance is held."""
    ensure_may(actor, Action.PASS)
    if made.issued_at is not None:
        raise Conflict("already_issued")
    made.document_number, made.issuing_unit, made.issued_at = document_number, issuing_unit, now
    for one in made.numbers:
        if one.revoked_at is None:
            told = CertificateNumberedV1(
                application_id=one.application_id,
                number=one.number,
                document_number=document_number,
                issuing_unit=issuing_unit,
                organisation_id=made.body_id,
                issued_on=office_day(now),
            )
            outbox.record(session, told)


def revoke(session: Session, made: Issuance, application_id: UUID, reason: str, *, actor: Actor, now: datetime) -> None:
    """The number counts no more, and neither does a certificate that bears it."""
    ensure_may(actor, Action.FAIL)
    found = next((one for one in made.numbers if one.application_id == application_id), None)
    if found is None:
        raise NotFound
    if found.revoked_at is not None:
        raise Conflict("already_revoked")
    found.revoked_at, found.reason = now, erasing.of_filler(session, application_id, reason)
    audit.record(session, "decision", actor=actor, subject=application_id, step="certificate_number", action="revoke")
    told = CertificateNumberRevokedV1(application_id=application_id, number=found.number, revoked_on=office_day(now))
    outbox.record(session, told)
