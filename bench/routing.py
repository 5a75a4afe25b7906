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

REPORTS = 500
BUREAU, DEPARTMENT, UNIT = (UUID(int=n) for n in (1, 2, 3))
OTHERS = 50_000
"""Cases that are there already, of another department."""


def measure() -> list[tuple[str, str, str, bool]]:
    """The median of the handler's time, by the route of the first programme, whose second step has a condition."""
    with reviewing({OTHERS: UUID(int=4)}) as review, structlog.testing.capture_logs():
        _settle(review)
        report = example_event(ApplicationSubmittedV1)
        facts: dict[str, Any] = {
            "unit_id": UNIT,
            "department_id": DEPARTMENT,
            "tier": "intermediate",
            "variant": "intermediate",
        }
        times = [_heard(review, replace(report, application_id=uuid7(), **facts)) for _ in range(REPORTS)]
        opened = review.client(office_actor(DEPARTMENT)).get("/v1/cases/counts").json
    if opened is None or opened["open"] != REPORTS:
        raise AssertionError(opened)
    median = statistics.median(times)
    figure = f"{median * 1000:.1f} ms"
    return [("review: a report comes to its open step, median of the handler", figure, "<= 5 ms", median <= 0.005)]


def _heard(review: UnderTest, report: ApplicationSubmittedV1) -> float:
    began = time.perf_counter()
    review.hear(report)
    return time.perf_counter() - began


def _settle(review: UnderTest) -> None:
    bureau = OrganisationCreatedV1(organisation_id=BUREAU, code="B", name="市人社局", level="city_hr_bureau")
    below: dict[str, Any] = {"level": "first_level_department", "parent_id": BUREAU}
    department = OrganisationCreatedV1(organisation_id=DEPARTMENT, code="D", name="市教育局", **below)
    unit = example_event(UnitRegisteredV1, unit_id=str(UNIT), department_id=str(DEPARTMENT))
    for event in (example_event(ProgrammePublishedV1), bureau, department, unit):
        review.hear(event)
