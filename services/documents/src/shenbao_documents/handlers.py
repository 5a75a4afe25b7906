"""Every event documents listens to: translate, call an action."""

from sqlalchemy.orm import Session

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationDeletedV1,
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSavedV1,
    ApplicationSubmittedV1,
    ApplicationSupersededV1,
    ApplicationWithdrawnV1,
    ArchiveProofShownV1,
    FilesUsedV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.identity import AccountDeletedV1, PersonErasedV1
from shenbao_common.contracts.review import (
    CertificateNumberedV1,
    CertificateNumberRevokedV1,
    ReconsiderationAskedV1,
    ReconsiderationDecidedV1,
    StepFailedV1,
    StepOpenedV1,
    StepOverdueV1,
)
from shenbao_common.contracts.units import (
    OfficerAppointedV1,
    ProofShownV1,
    SelfDeclaringEndedV1,
    SupervisingDepartmentChangedV1,
    UnitRegisteredV1,
)
from shenbao_common.kernel import clock
from shenbao_common.web import accounts
from shenbao_documents.actions import cases, certificates, copies, erasing, numbers, proofs
from shenbao_documents.domain.retention import APPROVED, OTHERWISE

subscriptions = Subscriptions("documents")
accounts.follow(subscriptions, own="documents")


@subscriptions.on(AccountDeletedV1)
def on_account_deleted(session: Session, event: AccountDeletedV1) -> None:
    erasing.forget_account(session, event.account_id, clock.now())


@subscriptions.on(PersonErasedV1)
def on_person_erased(session: Session, event: PersonErasedV1) -> None:
    erasing.erase(session, event.account_id, clock.now())


@subscriptions.on(ProgrammePublishedV1)
def on_programme_published(session: Session, event: ProgrammePublishedV1) -> None:
    copies.remember_programme(session, event.programme, event.version, event.pack)


@subscriptions.on(ApplicationSavedV1)
def on_application_saved(session: Session, event: ApplicationSavedV1) -> None:
    _content(session, event)
    cases.reopen(session, event.application_id)


@subscriptions.on(ApplicationDeletedV1)
def on_application_deleted(session: Session, event: ApplicationDeletedV1) -> None:
    copies.forget_uses(session, event.application_id)


@subscriptions.on(ApplicationSubmittedV1)
def on_application_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
    _reported(session, event)


@subscriptions.on(ApplicationResubmittedV1)
def on_application_resubmitted(session: Session, event: ApplicationResubmittedV1) -> None:
    _reported(session, event)


def _reported(session: Session, event: ApplicationSubmittedV1 | ApplicationResubmittedV1) -> None:
    _content(session, event)
    copies.note_files(session, event.application_id, event.filler_id, event.document_ids)
    copies.note_party(
        session,
        event.application_id,
        unit_id=event.unit_id,
        filler_id=event.filler_id,
        reference=event.reference,
        round=event.round,
    )
    cases.note_report(
        session, event.application_id, programme=event.programme, version=event.version, round=event.round
    )


def _content(session: Session, event: ApplicationSavedV1 | ApplicationSubmittedV1 | ApplicationResubmittedV1) -> None:
    copies.note_content(
        session,
        event.application_id,
        revision=event.revision,
        print_hash=event.print_hash,
        document_ids=event.document_ids,
    )


@subscriptions.on(ApplicationApprovedV1)
def on_application_approved(session: Session, event: ApplicationApprovedV1) -> None:
    copies.note_approval(session, event.application_id)
    cases.note_end(session, event.application_id, APPROVED, clock.now())
    if event.certificate_id and event.valid_until:
        certificates.prolong(session, event.certificate_id, event.valid_until)


@subscriptions.on(StepOpenedV1)
def on_step_opened(session: Session, event: StepOpenedV1) -> None:
    _may_read(session, event)


@subscriptions.on(StepOverdueV1)
def on_step_overdue(session: Session, event: StepOverdueV1) -> None:
    _may_read(session, event)


def _may_read(session: Session, event: StepOpenedV1 | StepOverdueV1) -> None:
    reader = copies.OfRound(event.organisation_id, event.organisation_name, event.round)
    copies.note_reader(session, event.application_id, reader)


@subscriptions.on(CertificateNumberedV1)
def on_certificate_numbered(session: Session, event: CertificateNumberedV1) -> None:
    numbers.note(session, event)


@subscriptions.on(CertificateNumberRevokedV1)
def on_certificate_number_revoked(session: Session, event: CertificateNumberRevokedV1) -> None:
    numbers.revoke(session, event.application_id, event.number, on=event.revoked_on)


@subscriptions.on(ApplicationRecalledV1)
def on_application_recalled(session: Session, event: ApplicationRecalledV1) -> None:
    copies.forget_readers(session, event.application_id)


@subscriptions.on(ApplicationWithdrawnV1)
def on_application_withdrawn(session: Session, event: ApplicationWithdrawnV1) -> None:
    copies.forget_readers(session, event.application_id)
    cases.note_end(session, event.application_id, OTHERWISE, clock.now())


@subscriptions.on(ApplicationSupersededV1)
def on_application_superseded(session: Session, event: ApplicationSupersededV1) -> None:
    cases.note_end(session, event.application_id, OTHERWISE, clock.now())


@subscriptions.on(StepFailedV1)
def on_step_failed(session: Session, event: StepFailedV1) -> None:
    cases.note_end(session, event.application_id, OTHERWISE, event.decided_at, round=event.round)


@subscriptions.on(ReconsiderationAskedV1)
def on_reconsideration_asked(session: Session, event: ReconsiderationAskedV1) -> None:
    cases.hold(session, event.application_id, event.reconsideration_id, since=event.asked_at)


@subscriptions.on(ReconsiderationDecidedV1)
def on_reconsideration_decided(session: Session, event: ReconsiderationDecidedV1) -> None:
    cases.release(session, event.application_id, event.reconsideration_id, at=event.decided_at)


@subscriptions.on(UnitRegisteredV1)
def on_unit_registered(session: Session, event: UnitRegisteredV1) -> None:
    copies.adopt_files(session, event.account_id, event.unit_id)


@subscriptions.on(OfficerAppointedV1)
def on_officer_appointed(session: Session, event: OfficerAppointedV1) -> None:
    copies.adopt_files(session, event.account_id, event.unit_id)


@subscriptions.on(ProofShownV1)
def on_proof_shown(session: Session, event: ProofShownV1) -> None:
    proofs.note(session, event.document_id, event.organisation_id, unit_id=event.unit_id)


@subscriptions.on(FilesUsedV1)
def on_files_used(session: Session, event: FilesUsedV1) -> None:
    copies.note_uses(session, event.used_by, revision=event.revision, document_ids=event.document_ids)


@subscriptions.on(ArchiveProofShownV1)
def on_archive_proof_shown(session: Session, event: ArchiveProofShownV1) -> None:
    proofs.note(session, event.document_id, event.unit_id)
    if event.department_id:
        proofs.note(session, event.document_id, event.department_id, unit_id=event.unit_id, of_archive=True)


@subscriptions.on(SupervisingDepartmentChangedV1)
def on_supervising_department_changed(session: Session, event: SupervisingDepartmentChangedV1) -> None:
    proofs.note_move(session, event.unit_id, event.to_id, revision=event.revision)


@subscriptions.on(SelfDeclaringEndedV1)
def on_self_declaring_ended(session: Session, event: SelfDeclaringEndedV1) -> None:
    proofs.note_examining(session, event.unit_id)
