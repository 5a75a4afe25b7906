"""The service, a town whose other services tell of things, subscribers, and receivers that are real HTTP servers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationCreatedV1,
    ApplicationSubmittedV1,
    ProjectPublishedV1,
)
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import StepOpenedV1, StepPassedV1
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel.actor import Actor, Kind, account_of_client
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_subscriptions.actions.dispatching import Dispatcher
from shenbao_subscriptions.app import create_app
from shenbao_subscriptions.providers.webhooks import Webhooks
from shenbao_subscriptions.settings import Settings

NEARBY = {"SUBSCRIPTIONS_PRIVATE_TARGETS": "127.0.0.0/8"}


@pytest.fixture(scope="session")
def started(service_factory: ServiceFactory) -> UnderTest:
    return service_factory("subscriptions", create_app, Settings, own_env=NEARBY)


@pytest.fixture
def service(started: UnderTest) -> UnderTest:
    """The service, empty; webhooks may go to this machine."""
    started.clear()
    return started


class Clock:
    """Moved by the test."""

    def __init__(self) -> None:
        self.now = datetime(2014, 5, 6, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_dispatcher(service: UnderTest, clock: Clock) -> Iterator[Callable[[], Dispatcher]]:
    """One as a worker process has it."""
    settings: Any = service.service.settings
    made: list[Dispatcher] = []

    def make() -> Dispatcher:
        webhooks = Webhooks(settings.private_targets)
        made.append(Dispatcher(service.service.sessions, webhooks, service.service.signer.detached, now=clock))
        return made[-1]

    yield make
    for dispatcher in made:
        dispatcher.close()


@pytest.fixture
def dispatcher(make_dispatcher: Callable[[], Dispatcher]) -> Dispatcher:
    return make_dispatcher()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


class Office:
    """An administrator at work, and the systems that are registered."""

    def __init__(self, service: UnderTest) -> None:
        self._service = service
        self.admin: FlaskClient = service.client(admin_actor())

    def register(self, receiver: Receiver | None = None, name: str = "档案馆", **wanted: Any) -> dict[str, Any]:
        """A webhook to the receiver, else whatever is wanted."""
        body: dict[str, Any] = {"name": name}
        if receiver is not None:
            body |= {"channel": "webhook", "webhook": {"url": receiver.url}}
        answer = self.admin.post("/v1/subscribers", json=body | wanted)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made

    def look(self, subscriber: dict[str, Any]) -> dict[str, Any]:
        """The subscriber as it is now."""
        found: dict[str, Any] = self.admin.get(f"/v1/subscribers/{subscriber['id']}").json
        return found

    def change(self, subscriber: dict[str, Any], path: str = "", method: str = "PATCH", **body: Any) -> Any:
        """With the ETag of the moment."""
        address = f"/v1/subscribers/{subscriber['id']}"
        etag = self.admin.get(address).headers["ETag"]
        return self.admin.open(address + path, method=method, json=body, headers={"If-Match": etag})

    def set_state(self, subscriber: dict[str, Any], state: str) -> None:
        answer = self.change(subscriber, "/state", "PUT", state=state)
        assert answer.status_code == 200, answer.json

    def system(self, client_id: str) -> FlaskClient:
        """Another system with a token of its own client, which holds no permission."""
        return self._service.client(Actor(account_id=account_of_client(client_id), kind=Kind.SERVICE))


@pytest.fixture
def office(service: UnderTest) -> Office:
    return Office(service)


class Town:
    """bureau > d1 > d11 and bureau > d2; a unit under each department; projects of two programmes and two years."""

    P, Q = "programme_p", "programme_q"
    STEP = "supervising_department_review"

    def __init__(self, service: UnderTest) -> None:
        self.service = service
        self.bureau, self.d1, self.d11, self.d2 = (uuid7() for _ in range(4))
        self.units = {department: uuid7() for department in (self.d1, self.d11, self.d2)}
        self.projects = {(programme, year): uuid7() for programme in (self.P, self.Q) for year in (2013, 2014)}

    def settle(self) -> "Town":
        for organisation, parent in self._tree():
            level = "city_hr_bureau" if parent is None else "department"
            self.hear(
                OrganisationCreatedV1(
                    organisation_id=organisation, code=organisation.hex[-8:], name="机构", level=level, parent_id=parent
                )
            )
        for department, unit in self.units.items():
            changes = {"unit_id": str(unit), "department_id": str(department), "account_id": str(uuid7())}
            self.hear(example_event(UnitRegisteredV1, **changes))
        for (programme, year), project in self.projects.items():
            changes = {"project_id": str(project), "programme": programme, "year": year}  # type: ignore[dict-item]
            self.hear(example_event(ProjectPublishedV1, **changes))
        return self

    def hear(self, *events: Event) -> None:
        """In one transaction, as the worker takes a batch in."""
        envelopes = [self.service.envelope(event) for event in events]
        with self.service.service.sessions.begin() as session:
            self.service.service.subscriptions.deliver_all(session, envelopes, {})

    def begun(self, programme: str, application_id: UUID, department: UUID | None = None) -> Event:
        unit = self.units[department or self.d1]
        return ApplicationCreatedV1(application_id=application_id, programme=programme, unit_id=unit, filler_id=uuid7())

    def reported(
        self, programme: str, application_id: UUID, *, year: int = 2014, department: UUID | None = None
    ) -> Event:
        department = department or self.d1
        return example_event(
            ApplicationSubmittedV1,
            application_id=str(application_id),
            programme=programme,
            project_id=str(self.projects[programme, year]),
            unit_id=str(self.units[department]),
            department_id=str(department),
        )

    def opened(self, application_id: UUID) -> Event:
        return example_event(StepOpenedV1, application_id=str(application_id), step_key=self.STEP)

    def passed(self, application_id: UUID) -> Event:
        return example_event(StepPassedV1, application_id=str(application_id), step_key=self.STEP, final=True)

    def approved(self, application_id: UUID, department: UUID | None = None) -> Event:
        unit = str(self.units[department or self.d1])
        return example_event(ApplicationApprovedV1, application_id=str(application_id), unit_id=unit)

    def course(self, programme: str, application_id: UUID | None = None, **where: object) -> list[Event]:
        """An application from its report to its approval, as it is told."""
        which = application_id or uuid7()
        reported = self.reported(programme, which, **where)  # type: ignore[arg-type]
        return [reported, self.opened(which), self.passed(which), self.approved(which, where.get("department"))]  # type: ignore[arg-type]

    def _tree(self) -> list[tuple[UUID, UUID | None]]:
        return [(self.bureau, None), (self.d1, self.bureau), (self.d11, self.d1), (self.d2, self.bureau)]


@pytest.fixture
def town(service: UnderTest) -> Town:
    return Town(service).settle()
