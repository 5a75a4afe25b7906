"""Everything review listens to: translate, call an action."""

from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.applications import (
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ApplicationSupersededV1,
    ApplicationWithdrawnV1,
    ProgrammePublishedV1,
    ProjectPublishedV1,
)
from shenbao_common.contracts.identity import PersonErasedV1
from shenbao_common.contracts.units import (
    OrganisationCancelledV1,
    OrganisationCreatedV1,
    SelfDeclaringEndedV1,
    SupervisingDepartmentChangedV1,
    UnitRegisteredV1,
    UnitRenamedV1,
)
from shenbao_common.kernel import clock
from shenbao_common.web import accounts
from shenbao_review.actions import cancelled, cases, copies, erasing, routing

subscriptions = Subscriptions("review")
accounts.follow(subscriptions, own="review")

# Publishers do not wait for each other, so a report may arrive before the organisation or unit that it needs. Its case
# then waits, and every fact that might have been missing makes the waiting cases try again.


@subscriptions.on(PersonErasedV1)
def on_person_erased(session: Session, event: PersonErasedV1) -> None:
    erasing.erase(session, event.account_id)


@subscriptions.on(ProgrammePublishedV1)
def on_programme_published(session: Session, event: ProgrammePublishedV1) -> None:
    copies.programme(session, event.programme, event.version, event.pack)
    routing.lay_out_waiting(session)


@subscriptions.on(ProjectPublishedV1)
def on_project_published(session: Session, event: ProjectPublishedV1) -> None:
    copies.project(session, event.project_id, event.publisher_id)
    routing.lay_out_waiting(session)


@subscriptions.on(OrganisationCreatedV1)
def on_organisation_created(session: Session, event: OrganisationCreatedV1) -> None:
    copies.organisation(session, event.organisation_id, parent_id=event.parent_id, name=event.name, level=event.level)
    routing.lay_out_waiting(session)


@subscriptions.on(OrganisationCancelledV1)
def on_organisation_cancelled(session: Session, event: OrganisationCancelledV1) -> None:
    cancelled.hand_up(session, event.organisation_id, now=clock.now())


@subscriptions.on(UnitRegisteredV1)
def on_unit_registered(session: Session, event: UnitRegisteredV1) -> None:
    copies.unit(
        session,
        event.unit_id,
        name=event.name,
        department_id=event.department_id,
        self_declaring=event.self_declaring,
    )
    routing.lay_out_waiting(session)


@subscriptions.on(UnitRenamedV1)
def on_unit_renamed(session: Session, event: UnitRenamedV1) -> None:
    copies.rename_unit(session, event.unit_id, name=event.name)


@subscriptions.on(SelfDeclaringEndedV1)
def on_self_declaring_ended(session: Session, event: SelfDeclaringEndedV1) -> None:
    copies.end_self_declaring(session, event.unit_id)


@subscriptions.on(SupervisingDepartmentChangedV1)
def on_supervising_department_changed(session: Session, event: SupervisingDepartmentChangedV1) -> None:
    copies.move_unit(session, event.unit_id, department_id=event.to_id, revision=event.revision)


@subscriptions.on(ApplicationSubmittedV1)
def on_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
    cases.begin(session, event)


@subscriptions.on(ApplicationResubmittedV1)
def on_resubmitted(session: Session, event: ApplicationResubmittedV1) -> None:
    cases.resume(session, event)


@subscriptions.on(ApplicationWithdrawnV1)
def on_withdrawn(session: Session, event: ApplicationWithdrawnV1) -> None:
    cases.recall(session, event, now=clock.now())


@subscriptions.on(ApplicationSupersededV1)
def on_superseded(session: Session, event: ApplicationSupersededV1) -> None:
    cases.supersede(session, event.application_id, now=clock.now())


@subscriptions.on(ApplicationRecalledV1)
def on_recalled(session: Session, event: ApplicationRecalledV1) -> None:
    cases.recall(session, event, now=clock.now())
