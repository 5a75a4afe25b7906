"""What tells of a person's case is sealed with the person's key, and ends with it (B-26)."""

from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data import of_person
from shenbao_common.data.of_person import ERASED_TEXT
from shenbao_review.models import (
    Case,
    CertificateNumber,
    Objection,
    PackageCase,
    PublicityCase,
    Reconsideration,
    ReconsiderationStep,
)

Value = TypeVar("Value")


def of_filler(session: Session, application_id: UUID, value: Value) -> Value:
    """The value as that of the person whose case it is."""
    case = session.get(Case, application_id)
    return of_person.of(case.filler_id, value) if case else value


def erase(session: Session, person_id: UUID) -> None:
    """What was said of the person's cases is emptied where rows may change; the log's lines, which never do, are
    unreadable without the key. Where a case stands and how it was decided stays.
    """
    own = sa.select(Case.application_id).where(Case.filler_id == person_id)
    asked = sa.select(Reconsideration.reconsideration_id).where(Reconsideration.application_id.in_(own))
    steps = sa.update(ReconsiderationStep)
    gone: dict[str, Any] = {"content": {}, "attachment": None, "opinion": None}
    session.execute(steps.where(ReconsiderationStep.reconsideration_id.in_(asked)).values(opinion=None))
    for row in (CertificateNumber, PackageCase):
        session.execute(sa.update(row).where(row.application_id.in_(own)).values(reason=None))
    reasons = sa.update(Reconsideration).where(Reconsideration.application_id.in_(own))
    session.execute(reasons.values(reason=ERASED_TEXT))
    session.execute(sa.update(PublicityCase).where(PublicityCase.application_id.in_(own)).values(shown={}))
    session.execute(sa.update(Objection).where(Objection.application_id.in_(own)).values(gone))
    of_person.destroy_key(session, person_id)
