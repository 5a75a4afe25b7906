"""The listener's half: every published example is digested, and digested once."""

from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import ApplicationSubmittedV1, ProgrammePublishedV1
from shenbao_common.contracts.documents import ExportWrittenV1, FormsPrintedV1
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.units import (
    AuthorizationChangedV1,
    OfficerAppointedV1,
    OfficerDismissedV1,
    OfficerRequestedV1,
    RegistrationRejectedV1,
    RegistrationSubmittedV1,
    StaffChangedV1,
    UnitRegisteredV1,
)
from shenbao_common.kernel import clock
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_identity.handlers import subscriptions
from shenbao_identity.models import Account

OF_A_UNITS_ACCOUNT = (
    AuthorizationChangedV1,
    UnitRegisteredV1,
    RegistrationSubmittedV1,
    RegistrationRejectedV1,
    OfficerRequestedV1,
    OfficerAppointedV1,
    OfficerDismissedV1,
    ExportWrittenV1,
    FormsPrintedV1,
)


@pytest.mark.parametrize("event_type", subscriptions.event_types, ids=lambda e: e.type)
def test_the_published_example_is_digested_once(identity: UnderTest, event_type: type[Event]) -> None:
    _reserve(identity, event_type, catalogue.example(event_type))
    envelope = identity.hear(example_event(event_type))
    with identity.service.sessions.begin() as session:
        assert not identity.service.subscriptions.deliver(session, envelope)


def _reserve(identity: UnderTest, event_type: type[Event], example: dict[str, Any]) -> None:
    """The account that the example speaks of, as it stands after its reservation."""
    if "application_id" in example:
        _declare(identity, example["application_id"])
    if "account_id" not in example or event_type is StaffChangedV1:
        return
    of_unit = event_type in OF_A_UNITS_ACCOUNT
    with identity.service.sessions.begin() as session:
        session.add(
            Account(
                id=UUID(example["account_id"]),
                kind="unit" if of_unit else "sub_account",
                state="reserved",
                username="unitA1",
                username_key="unita1",
                unit_id=None if of_unit else UUID(example["unit_id"]),
                created_at=clock.now(),
                revision=0,
            )
        )


def _declare(identity: UnderTest, application_id: str) -> None:
    """Its programme is published, and it is reported."""
    identity.hear(example_event(ProgrammePublishedV1))
    identity.hear(example_event(ApplicationSubmittedV1, application_id=application_id))
