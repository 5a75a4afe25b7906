"""What identity listens to: units' news of units, their people and organisations, and what becomes of applications."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.applications import (
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.documents import CertificateIssuedV1, ExportWrittenV1, FormsPrintedV1
from shenbao_common.contracts.review import PublicityStartedV1, StepFailedV1, StepPassedV1, StepReturnedV1
from shenbao_common.contracts.units import (
    AuthorizationChangedV1,
    OfficerAppointedV1,
    OfficerDismissedV1,
    OfficerRequestedV1,
    OrganisationCancelledV1,
    OrganisationCreatedV1,
    RegistrationRejectedV1,
    RegistrationSubmittedV1,
    StaffChangedV1,
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
    SupervisingDepartmentChangedV1,
    UnitRegisteredV1,
    UnitRenamedV1,
)
from shenbao_common.kernel import clock
from shenbao_identity.actions import (
    application_news,
    authorization_letters,
    export_news,
    organisation_staff,
    own_deletion,
    sign_in,
    unit_recovery,
    units_copy,
)
from shenbao_identity.actions.application_news import Happened
from shenbao_identity.models import Organisation

subscriptions = Subscriptions("identity")


@subscriptions.on(UnitRegisteredV1)
def on_unit_registered(session: Session, event: UnitRegisteredV1) -> None:
    units_copy.activate_unit(session, event.account_id, unit_id=event.unit_id, name=event.name, credit_code=event.uscc)
    units_copy.keep_unit(session, event.unit_id, event.department_id)


@subscriptions.on(SupervisingDepartmentChangedV1)
def on_supervising_department_changed(session: Session, event: SupervisingDepartmentChangedV1) -> None:
    units_copy.move_unit(session, event.unit_id, event.to_id, revision=event.revision)


@subscriptions.on(UnitRenamedV1)
def on_unit_renamed(session: Session, event: UnitRenamedV1) -> None:
    units_copy.rename_unit(session, event.unit_id, name=event.name)


@subscriptions.on(RegistrationSubmittedV1)
def on_registration_submitted(session: Session, event: RegistrationSubmittedV1) -> None:
    units_copy.review(session, event.account_id, due=sign_in.UNDER_REVIEW, now=clock.now())


@subscriptions.on(RegistrationRejectedV1)
def on_registration_rejected(session: Session, event: RegistrationRejectedV1) -> None:
    units_copy.review(session, event.account_id, due=sign_in.REJECTED, now=clock.now())


@subscriptions.on(OfficerRequestedV1)
def on_officer_requested(session: Session, event: OfficerRequestedV1) -> None:
    units_copy.hold(session, event.account_id, now=clock.now())


@subscriptions.on(OfficerAppointedV1)
def on_officer_appointed(session: Session, event: OfficerAppointedV1) -> None:
    units_copy.activate_unit(session, event.account_id, unit_id=event.unit_id, name=event.unit_name, credit_code="")


@subscriptions.on(OfficerDismissedV1)
def on_officer_dismissed(session: Session, event: OfficerDismissedV1) -> None:
    units_copy.dismiss_officer(session, event.account_id)


@subscriptions.on(AuthorizationChangedV1)
def on_authorization_changed(session: Session, event: AuthorizationChangedV1) -> None:
    authorization_letters.keep(session, event.unit_id, account_id=event.account_id, state=event.state, now=clock.now())


@subscriptions.on(SubAccountCreatedV1)
def on_sub_account_created(session: Session, event: SubAccountCreatedV1) -> None:
    units_copy.sub_account_created(
        session,
        event.account_id,
        unit_id=event.unit_id,
        permissions=event.permissions,
        state=event.state,
        revision=event.revision,
    )


@subscriptions.on(SubAccountStateChangedV1)
def on_sub_account_state_changed(session: Session, event: SubAccountStateChangedV1) -> None:
    units_copy.take_over(session, event.account_id, state=event.state, revision=event.revision)


@subscriptions.on(SubAccountPermissionsChangedV1)
def on_sub_account_permissions_changed(session: Session, event: SubAccountPermissionsChangedV1) -> None:
    units_copy.take_over(session, event.account_id, permissions=event.permissions, revision=event.revision)


@subscriptions.on(SubAccountDeletedV1)
def on_sub_account_deleted(session: Session, event: SubAccountDeletedV1) -> None:
    units_copy.sub_account_deleted(session, event.account_id, revision=event.revision)


@subscriptions.on(OrganisationCreatedV1)
def on_organisation_created(session: Session, event: OrganisationCreatedV1) -> None:
    units_copy.keep_organisation(
        session,
        event.organisation_id,
        code=event.code,
        name=event.name,
        level=event.level,
        parent_id=event.parent_id,
    )
    organisation_staff.appoint(session, session.get_one(Organisation, event.organisation_id), now=clock.now())


@subscriptions.on(OrganisationCancelledV1)
def on_organisation_cancelled(session: Session, event: OrganisationCancelledV1) -> None:
    units_copy.forget_organisation(session, event.organisation_id)


@subscriptions.on(StaffChangedV1)
def on_staff_changed(session: Session, event: StaffChangedV1) -> None:
    unit_recovery.keep_staff(
        session,
        event.link_id,
        unit_id=event.unit_id,
        account_id=event.account_id,
        state=event.state,
        revision=event.revision,
    )


@subscriptions.on(ProgrammePublishedV1)
def on_programme_published(session: Session, event: ProgrammePublishedV1) -> None:
    application_news.remember_programme(session, event.programme, event.version, event.pack)


@subscriptions.on(ApplicationSubmittedV1)
def on_application_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
    own_deletion.note_report(session, event.filler_id)
    _reported(session, event)


@subscriptions.on(ApplicationResubmittedV1)
def on_application_resubmitted(session: Session, event: ApplicationResubmittedV1) -> None:
    _reported(session, event)


def _reported(session: Session, event: ApplicationSubmittedV1 | ApplicationResubmittedV1) -> None:
    application_news.note_declared(
        session,
        event.application_id,
        revision=event.revision,
        programme=event.programme,
        version=event.version,
        reference=event.reference,
        filler_id=event.filler_id,
        operator_id=event.operator_id,
    )


@subscriptions.on(StepReturnedV1)
def on_step_returned(session: Session, event: StepReturnedV1) -> None:
    _decided(session, event, "returned")


@subscriptions.on(StepFailedV1)
def on_step_failed(session: Session, event: StepFailedV1) -> None:
    _decided(session, event, "rejected")


@subscriptions.on(StepPassedV1)
def on_step_passed(session: Session, event: StepPassedV1) -> None:
    if event.final:
        _decided(session, event, "approved")


def _decided(session: Session, event: StepReturnedV1 | StepFailedV1 | StepPassedV1, topic: str) -> None:
    fact = f"{event.step_key}:{event.round}"
    what = Happened(topic=topic, fact=fact, at=event.decided_at, step=event.step_key)
    application_news.tell(session, event.application_id, what, now=clock.now())


@subscriptions.on(PublicityStartedV1)
def on_publicity_started(session: Session, event: PublicityStartedV1) -> None:
    what = Happened(
        topic="publicity_started",
        fact=str(event.publicity_id),
        at=_beginning(event.starts_on),
        step=event.step_key,
        until=event.ends_on.isoformat(),
    )
    application_news.tell(session, event.application_id, what, now=clock.now())


@subscriptions.on(CertificateIssuedV1)
def on_certificate_issued(session: Session, event: CertificateIssuedV1) -> None:
    what = Happened(topic="certificate_issued", fact=str(event.certificate_id), at=_beginning(event.issued_on))
    application_news.tell(session, event.application_id, what, now=clock.now())


@subscriptions.on(ExportWrittenV1)
def on_export_written(session: Session, event: ExportWrittenV1) -> None:
    what = export_news.Made(
        topic="export_written",
        id=event.export_id,
        number=event.rows,
        at=event.written_at,
        kept_until=event.kept_until,
    )
    export_news.tell(session, event.account_id, what, now=clock.now())


@subscriptions.on(FormsPrintedV1)
def on_forms_printed(session: Session, event: FormsPrintedV1) -> None:
    what = export_news.Made(
        topic="forms_printed",
        id=event.print_job_id,
        number=event.forms,
        at=event.printed_at,
        kept_until=event.kept_until,
    )
    export_news.tell(session, event.account_id, what, now=clock.now())


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), clock.OFFICE_ZONE)
