"""Who reads an application's files: who has it before them or watches it, until it is taken back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationRecalledV1, ApplicationSubmittedV1, ApplicationWithdrawnV1
from shenbao_common.contracts.review import StepOpenedV1, StepOverdueV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.models import Reader


def readers(documents: UnderTest, application: UUID) -> Sequence[UUID]:
    with documents.sessions() as session:
        own = sa.select(Reader.organisation_id).where(Reader.application_id == application)
        return session.scalars(own.order_by(Reader.organisation_id)).all()


def hear(documents: UnderTest, kind: Any, application: UUID, **facts: Any) -> None:
    documents.hear(example_event(kind, application_id=str(application), **facts))


def test_the_superior_office_of_an_overdue_step_reads_along(documents: UnderTest) -> None:
    application, office, superior = sorted(uuid7() for _ in range(3))
    hear(documents, ApplicationSubmittedV1, application, round=1)
    hear(documents, StepOpenedV1, application, organisation_id=str(office), round=1)
    hear(documents, StepOverdueV1, application, organisation_id=str(superior), round=1)
    assert readers(documents, application) == [office, superior]


def test_what_was_taken_back_is_read_by_nobody_until_it_is_reported_anew(documents: UnderTest) -> None:
    application, office, other = sorted(uuid7() for _ in range(3))
    for taking_back, reported in ((ApplicationRecalledV1, 1), (ApplicationWithdrawnV1, 2)):
        hear(documents, ApplicationSubmittedV1, application, round=reported)
        hear(documents, StepOpenedV1, application, organisation_id=str(office), round=reported)
        assert readers(documents, application) == [office]
        hear(documents, taking_back, application)
        assert readers(documents, application) == []
        # News of another publisher that the recall has overtaken opens nothing.
        hear(documents, StepOpenedV1, application, organisation_id=str(other), round=reported)
        assert readers(documents, application) == []
