"""Every event this service hears: translated and handed to an action."""

from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationCreatedV1,
    ApplicationDeletedV1,
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
)
from shenbao_common.contracts.identity import AccountChangedV1, AccountDeletedV1, PersonErasedV1
from shenbao_common.contracts.review import StepFailedV1
from shenbao_common.web import accounts
from shenbao_units.actions import application_copy, bindings, organisations

subscriptions = Subscriptions("units")
accounts.follow(subscriptions, own="units")


@subscriptions.on(AccountChangedV1)
def on_account_changed(session: Session, event: AccountChangedV1) -> None:
    if event.organisation_id:
        organisations.note_staff(
            session,
            event.account_id,
            event.organisation_id,
            revision=event.revision,
            active=event.state == "active",
        )


@subscriptions.on(ApplicationCreatedV1)
def on_application_created(session: Session, event: ApplicationCreatedV1) -> None:
    application_copy.begin(session, event.application_id, unit_id=event.unit_id, filler_id=event.filler_id)


@subscriptions.on(ApplicationSubmittedV1)
def on_application_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
    application_copy.report(
        session, event.application_id, unit_id=event.unit_id, filler_id=event.filler_id, round=event.round
    )


@subscriptions.on(ApplicationResubmittedV1)
def on_application_resubmitted(session: Session, event: ApplicationResubmittedV1) -> None:
    application_copy.report(
        session, event.application_id, unit_id=event.unit_id, filler_id=event.filler_id, round=event.round
    )


@subscriptions.on(ApplicationApprovedV1)
def on_application_approved(session: Session, event: ApplicationApprovedV1) -> None:
    application_copy.settle(session, event.application_id, unit_id=event.unit_id)


@subscriptions.on(ApplicationRecalledV1)
def on_application_recalled(session: Session, event: ApplicationRecalledV1) -> None:
    application_copy.settle(session, event.application_id, unit_id=event.unit_id)


@subscriptions.on(ApplicationDeletedV1)
def on_application_deleted(session: Session, event: ApplicationDeletedV1) -> None:
    application_copy.remove(session, event.application_id)


@subscriptions.on(StepFailedV1)
def on_step_failed(session: Session, event: StepFailedV1) -> None:
    application_copy.fail(session, event.application_id, round=event.round)


@subscriptions.on(AccountDeletedV1)
def on_account_deleted(session: Session, event: AccountDeletedV1) -> None:
    bindings.erase(session, event.account_id)


@subscriptions.on(PersonErasedV1)
def on_person_erased(session: Session, event: PersonErasedV1) -> None:
    bindings.erase(session, event.account_id)
