"""Every event this service hears: a few are read for the copies, all are taken into the log."""

from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import (
    ApplicationCreatedV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ProjectPublishedV1,
)
from shenbao_common.contracts.units import OrganisationCreatedV1, SupervisingDepartmentChangedV1, UnitRegisteredV1
from shenbao_common.web import accounts
from shenbao_subscriptions.actions import copies, log

subscriptions = Subscriptions("subscriptions")


@subscriptions.on(OrganisationCreatedV1)
def on_organisation_created(session: Session, event: OrganisationCreatedV1) -> None:
    copies.organisation(session, event.organisation_id, event.parent_id)


@subscriptions.on(UnitRegisteredV1)
def on_unit_registered(session: Session, event: UnitRegisteredV1) -> None:
    copies.unit(session, event.unit_id, event.department_id)


@subscriptions.on(SupervisingDepartmentChangedV1)
def on_supervising_department_changed(session: Session, event: SupervisingDepartmentChangedV1) -> None:
    copies.move_unit(session, event.unit_id, event.to_id, event.revision)


@subscriptions.on(ProjectPublishedV1)
def on_project_published(session: Session, event: ProjectPublishedV1) -> None:
    copies.project(session, event.project_id, event.year)


@subscriptions.on(ApplicationCreatedV1)
def on_application_created(session: Session, event: ApplicationCreatedV1) -> None:
    copies.application(session, event.application_id, programme=event.programme, unit_id=event.unit_id)


@subscriptions.on(ApplicationSubmittedV1)
def on_application_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
    copies.application(
        session,
        event.application_id,
        programme=event.programme,
        unit_id=event.unit_id,
        project_id=event.project_id,
    )


@subscriptions.on(ApplicationResubmittedV1)
def on_application_resubmitted(session: Session, event: ApplicationResubmittedV1) -> None:
    copies.application(
        session,
        event.application_id,
        programme=event.programme,
        unit_id=event.unit_id,
        project_id=event.project_id,
    )


# After the units that accounts belong to: without a broker the feeds are read in this order.
accounts.follow(subscriptions, own="subscriptions")


def on_any(session: Session, envelope: Envelope) -> None:
    log.take(session, envelope)


subscriptions.pass_on(catalogue.ALL, on_any)
