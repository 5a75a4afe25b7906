"""A reported application comes to its open step: from the event in the handler's hands to the committed rows."""

import statistics
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog

from bench.queue import reviewing
from shenbao_common.contracts.applications import ApplicationSubmittedV1, ProgrammePublishedV1
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest

REPORTS, TAKEN = 500, 50
BUREAU, DEPARTMENT, UNIT = (UUID(int=n) for n in (1, 2, 3))
OTHERS = 50_000
"""Cases that are there already, of another department."""


def measure() -> list[tuple[str, str, str, bool]]:
    """The median of the handler's time, by the route of the first programme, whose second step has a condition."""
    with reviewing({OTHERS: UUID(int=4)}) as review, structlog.testing.capture_logs():
        _settle(review)
        alone = [_taken(review, 1) for _ in range(REPORTS)]
        many = [_taken(review, TAKEN) for _ in range(REPORTS // TAKEN)]
        opened = review.client(office_actor(DEPARTMENT)).get("/v1/cases/counts").json
    if opened is None or opened["open"] != len(alone) + TAKEN * len(many):
        raise AssertionError(opened)
    return [
        _row("review: a report comes to its open step and is committed, alone, median", alone),
        _row(f"the same, {TAKEN} taken at once as a busy worker does, for each", many),
    ]


def _row(what: str, times: list[float]) -> tuple[str, str, str, bool]:
    median = statistics.median(times)
    return (what, f"{median * 1000:.1f} ms", "<= 5 ms", median <= 0.005)


def _taken(review: UnderTest, number: int) -> float:
    """Seconds for each, from the event in the worker's hands to the commit."""
    places: dict[str, Any] = {"unit_id": UNIT, "department_id": DEPARTMENT}
    report = replace(example_event(ApplicationSubmittedV1), tier="intermediate", variant="intermediate", **places)
    envelopes = [review.envelope(replace(report, application_id=uuid7())) for _ in range(number)]
    began = time.perf_counter()
    with review.service.sessions.begin() as session:
        moved = {envelopes[-1].source: envelopes[-1].position}
        review.service.subscriptions.deliver_all(session, envelopes, moved)
    return (time.perf_counter() - began) / number


def _settle(review: UnderTest) -> None:
    bureau = OrganisationCreatedV1(organisation_id=BUREAU, code="B", name="市人社局", level="city_hr_bureau")
    below: dict[str, Any] = {"level": "first_level_department", "parent_id": BUREAU}
    department = OrganisationCreatedV1(organisation_id=DEPARTMENT, code="D", name="市教育局", **below)
    unit = example_event(UnitRegisteredV1, unit_id=str(UNIT), department_id=str(DEPARTMENT))
    for event in (example_event(ProgrammePublishedV1), bureau, department, unit):
        review.hear(event)
