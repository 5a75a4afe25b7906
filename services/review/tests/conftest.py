"""Review under test, and a small town around it: bureau, departments, unit, programme."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shenbao_common.contracts.applications import (
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_review.app import create_app
from shenbao_review.models import CalendarDay, CalendarYear
from shenbao_review.settings import Settings

_CALENDAR = tuple(cast(sa.Table, model.__table__) for model in (CalendarYear, CalendarDay))


@pytest.fixture(scope="session")
def started(service_factory: ServiceFactory) -> UnderTest:
    return service_factory("review", create_app, Settings)


@pytest.fixture(scope="session")
def calendar_rows(started: UnderTest) -> dict[sa.Table, list[dict[str, Any]]]:
    """The working days as the migrations bring them."""
    with started.service.engine.connect() as connection:
        return {table: [dict(row) for row in connection.execute(sa.select(table)).mappings()] for table in _CALENDAR}


@pytest.fixture
def review(started: UnderTest, calendar_rows: dict[sa.Table, list[dict[str, Any]]]) -> Iterator[UnderTest]:
    """The service, empty but for the calendar of its migrations, with the real clock."""
    started.clear()
    with started.service.engine.begin() as connection:
        for table, rows in calendar_rows.items():
            connection.execute(sa.insert(table), rows)
    started.app.extensions["clock"] = clock.now
    yield started
    started.app.extensions["clock"] = clock.now


@pytest.fixture
def in_may_2014(review: UnderTest) -> datetime:
    """Sets the clock of decisions to the morning of 2014-05-06 in China."""
    moment = datetime(2014, 5, 6, 1, 30, tzinfo=UTC)
    review.app.extensions["clock"] = lambda: moment
    return moment


class Town:
    """A bureau with two departments below it, a unit under the first, and news as the other services tell it."""

    def __init__(self, service: UnderTest) -> None:
        self.service = service
        self.bureau, self.d1, self.d2 = uuid7(), uuid7(), uuid7()
        self.unit_id, self.other_unit_id, self.project_id = uuid7(), uuid7(), uuid7()
        self._reported = 0

    def settle(self) -> "Town":
        self.publish()
        for organisation in self.organisations():
            self.service.hear(organisation)
        for unit_id, name in ((self.unit_id, "示例科技有限公司"), (self.other_unit_id, "另一单位")):
            self.service.hear(self.registration(unit_id, name))
        return self

    def organisations(self) -> list[OrganisationCreatedV1]:
        bureau = OrganisationCreatedV1(organisation_id=self.bureau, code="B", name="市人社局", level="city_hr_bureau")
        below = {"level": "first_level_department", "parent_id": self.bureau}
        return [
            bureau,
            OrganisationCreatedV1(organisation_id=self.d1, code="D1", name="市教育局", **below),
            OrganisationCreatedV1(organisation_id=self.d2, code="D2", name="市卫健委", **below),
        ]

    def publish(self, **pack: Any) -> ProgrammePublishedV1:
        example = example_event(ProgrammePublishedV1)
        event = replace(example, pack=example.pack | pack)
        self.service.hear(event)
        return event

    def registration(self, unit_id: UUID, name: str) -> UnitRegisteredV1:
        return example_event(UnitRegisteredV1, unit_id=str(unit_id), department_id=str(self.d1), name=name)

    def report(self, tier: str = "intermediate", **changes: Any) -> ApplicationSubmittedV1:
        """An application of the unit is reported under D1, and heard of."""
        event = self.report_untold(tier, **changes)
        self.service.hear(event)
        return event

    def report_untold(self, tier: str = "intermediate", **changes: Any) -> ApplicationSubmittedV1:
        self._reported += 1
        facts = {
            "application_id": uuid7(),
            "reference": f"2014-{self._reported:06}",
            "project_id": self.project_id,
            "tier": tier,
            "variant": tier,
            "unit_id": self.unit_id,
            "department_id": self.d1,
        }
        return replace(example_event(ApplicationSubmittedV1), **facts | changes)

    def report_again(self, report: ApplicationSubmittedV1, **changes: Any) -> ApplicationResubmittedV1:
        """The corrected application is reported for the next round, and heard of."""
        again = {"round": report.round + 1, "revision": report.revision + 2}
        event = ApplicationResubmittedV1(**asdict(report) | again | changes)
        self.service.hear(event)
        return event

    def recall(self, report: ApplicationSubmittedV1, revision: int | None = None) -> ApplicationRecalledV1:
        """The unit moves from D1 to D2, which takes this application back."""
        event = ApplicationRecalledV1(
            application_id=report.application_id,
            unit_id=report.unit_id,
            from_id=self.d1,
            to_id=self.d2,
            revision=revision or report.revision + 10,
        )
        self.service.hear(event)
        return event

    def office(self, body_id: UUID, *permissions: str) -> FlaskClient:
        return self.service.client(office_actor(body_id, *permissions))

    def publish_route(self, *steps: dict[str, Any], **pack: Any) -> None:
        """Version 2 of the programme with another route; `report(version=2)` takes it."""
        published = self.publish()
        changed = published.pack | {"route": list(steps)} | pack
        self.service.hear(replace(published, version=2, pack=changed))

    def unit(self) -> FlaskClient:
        return self.service.client(unit_actor(self.unit_id))

    def case(self, client: FlaskClient, report: ApplicationSubmittedV1) -> dict[str, Any]:
        answer = client.get(f"/v1/cases/{report.application_id}")
        assert answer.status_code == 200, answer.json
        found: dict[str, Any] = answer.json
        return found

    def decide(
        self,
        client: FlaskClient,
        report: ApplicationSubmittedV1,
        action: str,
        opinion: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """Decides the present step as an officer does who has just opened the case."""
        seen = self.case(client, report)
        return client.post(
            f"/v1/cases/{report.application_id}/decisions",
            json={"step_id": seen["current"]["step_id"], "action": action, "opinion": opinion, **more},
            headers={"If-Match": f'"{seen["version"]}"'},
        )

    def counts(self, client: FlaskClient) -> dict[str, int]:
        found: dict[str, int] = client.get("/v1/cases/counts").json
        return found

    def listed(self, client: FlaskClient, tab: str = "open", **query: Any) -> list[str]:
        """References under a tab."""
        answer = client.get("/v1/cases", query_string={"tab": tab, **query})
        assert answer.status_code == 200, answer.json
        return [item["reference"] for item in answer.json["items"]]


@pytest.fixture
def town(review: UnderTest) -> Town:
    return Town(review).settle()


@pytest.fixture
def empty_town(review: UnderTest) -> Town:
    """A town of which nothing has been heard yet."""
    return Town(review)
