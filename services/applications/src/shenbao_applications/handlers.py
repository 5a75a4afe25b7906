"""Every event this service hears: translated and handed to an action."""

from sqlalchemy.orm import Session

from shenbao_applications.actions import copies, drafts, erasing, recall, reconsiderations, review_outcomes
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.documents import CertificateIssuedV1
from shenbao_common.contracts.identity import AccountDeletedV1, PersonErasedV1
from shenbao_common.contracts.review import (
    CommitteeFormedV1,
    PublicityStartedV1,
    ReconsiderationAskedV1,
    ReconsiderationDecidedV1,
    StepFailedV1,
    StepOpenedV1,
    StepOverdueV1,
    StepPassedV1,
    StepReturnedV1,
)
from shenbao_common.contracts.units import (
    BindingActivatedV1,
    OrganisationCancelledV1,
    OrganisationCreatedV1,
    SelfDeclaringEndedV1,
    SupervisingDepartmentChangedV1,
    UnitRegisteredV1,
    UnitRenamedV1,
)
from shenbao_common.web import accounts

subscriptions = Subscriptions("applications")
accounts.follow(subscriptions, own="applications")


@subscriptions.on(AccountDeletedV1)
def on_account_deleted(session: Session, event: AccountDeletedV1) -> None:
    drafts.forget_own(session, event.account_id)
    erasing.erase_unless_kept(session, event.account_id)


@subscriptions.on(PersonErasedV1)
def on_person_erased(session: Session, event: PersonErasedV1) -> None:
    erasing.erase(session, event.account_id)


@subscriptions.on(OrganisationCreatedV1)
def on_organisation_created(session: Session, event: OrganisationCreatedV1) -> None:
    copies.remember_organisation(
        session, event.organisation_id, parent_id=event.parent_id, name=event.name, level=event.level
    )


@subscriptions.on(OrganisationCancelledV1)
def on_organisation_cancelled(session: Session, event: OrganisationCancelledV1) -> None:
    copies.forget_organisation(session, event.organisation_id)


@subscriptions.on(UnitRegisteredV1)
def on_unit_registered(session: Session, event: UnitRegisteredV1) -> None:
    copies.remember_unit(
        session,
        event.unit_id,
        name=event.name,
        department_id=event.department_id,
        self_declaring=event.self_declaring,
    )


@subscriptions.on(UnitRenamedV1)
def on_unit_renamed(session: Session, event: UnitRenamedV1) -> None:
    copies.rename_unit(session, event.unit_id, name=event.name)


@subscriptions.on(SelfDeclaringEndedV1)
def on_self_declaring_ended(session: Session, event: SelfDeclaringEndedV1) -> None:
    copies.end_self_declaring(session, event.unit_id)


@subscriptions.on(SupervisingDepartmentChangedV1)
def on_supervising_department_changed(session: Session, event: SupervisingDepartmentChangedV1) -> None:
    recall.move_unit(session, event.unit_id, from_id=event.from_id, to_id=event.to_id, revision=event.revision)


@subscriptions.on(BindingActivatedV1)
def on_binding_activated(session: Session, event: BindingActivatedV1) -> None:
    copies.remember_binding(session, event.account_id, unit_id=event.unit_id, activated_at=event.activated_at)


@subscriptions.on(CommitteeFormedV1)
def on_committee_formed(session: Session, event: CommitteeFormedV1) -> None:
    copies.remember_committee(session, event)


@subscriptions.on(StepOpenedV1)
def on_step_opened(session: Session, event: StepOpenedV1) -> None:
    body = review_outcomes.Body(event.organisation_id, event.organisation_name)
    review_outcomes.open_step(session, event.application_id, event.step_key, round=event.round, body=body)


@subscriptions.on(StepOverdueV1)
def on_step_overdue(session: Session, event: StepOverdueV1) -> None:
    body = review_outcomes.Body(event.organisation_id, event.organisation_name)
    review_outcomes.let_watch(session, event.application_id, event.step_key, round=event.round, body=body)


@subscriptions.on(StepPassedV1)
def on_step_passed(session: Session, event: StepPassedV1) -> None:
    outcome = review_outcomes.Outcome.PASSED_FINALLY if event.final else review_outcomes.Outcome.PASSED
    review_outcomes.take_over(session, _decision(event), outcome)


@subscriptions.on(StepReturnedV1)
def on_step_returned(session: Session, event: StepReturnedV1) -> None:
    review_outcomes.take_over(session, _decision(event), review_outcomes.Outcome.RETURNED, event.items)


@subscriptions.on(PublicityStartedV1)
def on_publicity_started(session: Session, event: PublicityStartedV1) -> None:
    review_outcomes.post(session, event.application_id, round=event.round)


@subscriptions.on(CertificateIssuedV1)
def on_certificate_issued(session: Session, event: CertificateIssuedV1) -> None:
    review_outcomes.certify(session, event.application_id)


@subscriptions.on(StepFailedV1)
def on_step_failed(session: Session, event: StepFailedV1) -> None:
    review_outcomes.take_over(session, _decision(event), review_outcomes.Outcome.FAILED)


@subscriptions.on(ReconsiderationAskedV1)
def on_reconsideration_asked(session: Session, event: ReconsiderationAskedV1) -> None:
    reconsiderations.note_asked(session, event.application_id, event.reconsideration_id, event.asked_at)


@subscriptions.on(ReconsiderationDecidedV1)
def on_reconsideration_decided(session: Session, event: ReconsiderationDecidedV1) -> None:
    reconsiderations.note_decided(session, event.application_id, granted=event.granted, decided_at=event.decided_at)


def _decision(event: StepPassedV1 | StepReturnedV1 | StepFailedV1) -> review_outcomes.Decision:
    return review_outcomes.Decision(
        application_id=event.application_id,
        step_key=event.step_key,
        round=event.round,
        organisation_id=event.organisation_id,
        decided_at=event.decided_at,
    )
