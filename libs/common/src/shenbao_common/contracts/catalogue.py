"""Every event there is, a line each; golden examples stand in examples/, promised shapes in promised.json."""

import json
from importlib.resources import files
from typing import Any

from shenbao_common.contracts import applications, identity, review, units
from shenbao_common.contracts.event import Event

ALL: tuple[type[Event], ...] = (
    identity.AccountChangedV1,
    units.OrganisationCreatedV1,
    units.UnitRegisteredV1,
    units.SupervisingDepartmentChangedV1,
    units.SubAccountCreatedV1,
    units.SubAccountStateChangedV1,
    units.SubAccountPermissionsChangedV1,
    units.SubAccountDeletedV1,
    applications.ProgrammePublishedV1,
    applications.ProjectPublishedV1,
    applications.ApplicationCreatedV1,
    applications.ApplicationSavedV1,
    applications.ApplicationDeletedV1,
    applications.ApplicationSubmittedV1,
    applications.ApplicationResubmittedV1,
    applications.ApplicationApprovedV1,
    applications.ApplicationRecalledV1,
    review.StepOpenedV1,
    review.StepPassedV1,
    review.StepReturnedV1,
    review.StepFailedV1,
)

BY_TYPE: dict[str, type[Event]] = {event_type.type: event_type for event_type in ALL}


def example(event_type: type[Event]) -> dict[str, Any]:
    """The golden example of an event's data, as it is on the wire."""
    path = files("shenbao_common.contracts") / "examples" / f"{event_type.type}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def shape(event_type: type[Event]) -> dict[str, str]:
    """Field name to `<kind> required|optional`: what promised.json freezes."""
    return {
        name: f"{type(field).__name__} {'required' if field.required else 'optional'}"
        for name, field in event_type.wire_schema().fields.items()
    }
