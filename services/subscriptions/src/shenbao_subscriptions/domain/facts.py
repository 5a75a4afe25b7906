"""What is known of an event beside its data, so that filters can ask for it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

RESULTS: Mapping[str, str] = {
    "review.step_passed.v1": "passed",
    "review.step_returned.v1": "returned",
    "review.step_failed.v1": "failed",
    "applications.approved.v1": "approved",
    "applications.withdrawn.v1": "withdrawn",
}
"""Event type to the result that it tells; every other event has none."""

_BODIES = ("department_id", "from_id", "to_id")
"""Fields that name an organisation in whose branch the event belongs."""

_OF_TREE = "units.organisation_"


def result_of(event_type: str) -> str | None:
    return RESULTS.get(event_type)


def bodies_named(event_type: str, data: Mapping[str, Any]) -> list[UUID]:
    """Organisations that the event itself names as those it belongs under; deciders of a step are none."""
    fields = (*_BODIES, "organisation_id") if event_type.startswith(_OF_TREE) else _BODIES
    return [UUID(data[name]) for name in fields if data.get(name)]


def identifier(data: Mapping[str, Any], name: str) -> UUID | None:
    return UUID(data[name]) if data.get(name) else None
