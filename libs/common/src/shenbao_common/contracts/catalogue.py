"""Every event there is, a line each; golden examples stand in examples/, promised shapes in promised.json."""

import json
from importlib.resources import files
from typing import Any

import marshmallow as ma

from shenbao_common.contracts import applications, documents, identity, review, units
from shenbao_common.contracts.event import Event

ALL: tuple[type[Event], ...] = (
    identity.AccountChangedV1,
    identity.PersonErasedV1,
    identity.AccountDeletedV1,
    identity.SessionEndedV1,
    units.OrganisationCreatedV1,
    units.OrganisationCancelledV1,
    units.UnitRegisteredV1,
    units.UnitRenamedV1,
    units.SelfDeclaringEndedV1,
    units.SupervisingDepartmentChangedV1,
    units.SubAccountCreatedV1,
    units.SubAccountStateChangedV1,
    units.SubAccountPermissionsChangedV1,
    units.SubAccountDeletedV1,
    units.RegistrationSubmittedV1,
    units.RegistrationRejectedV1,
    units.OfficerRequestedV1,
    units.OfficerAppointedV1,
    units.OfficerDismissedV1,
    units.StaffChangedV1,
    units.AuthorizationChangedV1,
    units.ProofShownV1,
    units.BindingActivatedV1,
    applications.ProgrammePublishedV1,
    applications.ProjectPublishedV1,
    applications.ApplicationCreatedV1,
    applications.ApplicationSavedV1,
    applications.ApplicationDeletedV1,
    applications.ApplicationSubmittedV1,
    applications.ApplicationResubmittedV1,
    applications.ApplicationApprovedV1,
    applications.ApplicationRecalledV1,
    applications.ArchiveProofShownV1,
    applications.FilesUsedV1,
    applications.ApplicationWithdrawnV1,
    applications.ApplicationSupersededV1,
    review.StepOpenedV1,
    review.StepPassedV1,
    review.StepReturnedV1,
    review.StepFailedV1,
    review.StepOverdueV1,
    review.PublicityStartedV1,
    review.CommitteeFormedV1,
    review.ReconsiderationAskedV1,
    review.ReconsiderationDecidedV1,
    review.CertificateNumberedV1,
    review.CertificateNumberRevokedV1,
    documents.CertificateIssuedV1,
    documents.CertificateExtendedV1,
    documents.CertificateRevokedV1,
    documents.CertificateReplacedV1,
    documents.ExportWrittenV1,
    documents.FormsPrintedV1,
)

BY_TYPE: dict[str, type[Event]] = {event_type.type: event_type for event_type in ALL}


def example(event_type: type[Event]) -> dict[str, Any]:
    """The golden example of an event's data, as it is on the wire."""
    path = files("shenbao_common.contracts") / "examples" / f"{event_type.type}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def shape(event_type: type[Event]) -> dict[str, str]:
    """Field name to `<kind>[ or null][ of <word>|...] required|optional`: what promised.json freezes."""
    told = event_type.json_schema()["properties"]
    return {name: _kind(field, told[name]) for name, field in event_type.wire_schema().fields.items()}


def _kind(field: ma.fields.Field[Any], told: dict[str, Any]) -> str:
    kind = type(field).__name__
    if field.allow_none:
        kind += " or null"
    if words := told.get("enum"):
        kind += f" of {'|'.join(sorted(words))}"
    return f"{kind} {'required' if field.required else 'optional'}"
