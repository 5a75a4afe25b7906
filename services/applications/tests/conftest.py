"""The service on a real database, with the published pack, its offices and units around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shenbao_applications.app import create_app
from shenbao_applications.settings import Settings
from shenbao_common.contracts.review import PublicityStartedV1, StepFailedV1, StepOpenedV1, StepPassedV1, StepReturnedV1
from shenbao_common.contracts.units import OrganisationCreatedV1, SupervisingDepartmentChangedV1, UnitRegisteredV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.service import ServiceFactory, UnderTest

PACKS = Path(__file__).parents[3] / "programmes"
PROGRAMME = "title_initial_determination"
PACK = (PACKS / PROGRAMME / "programme.yaml").read_text(encoding="utf-8")
OPERATOR = {"operator_name": "钱经办", "operator_phone": "0571-12345678"}
NUMBERS = ("330000199001010014", "330000198506150026")


def templates() -> dict[str, str]:
    """Names are what the pack demands; what they say is the documents service's matter."""
    return {"official_form.typ": "初定表"}


@dataclass
class House:
    """Offices D1 and D2 under the bureau, units, and what tests do all the time."""

    numbers: ClassVar[tuple[str, ...]] = NUMBERS
    operator: ClassVar[dict[str, str]] = OPERATOR

    service: UnderTest
    bureau: Actor = field(default_factory=office_actor)
    d1: Actor = field(default_factory=office_actor)
    d2: Actor = field(default_factory=office_actor)
    admin: Actor = field(default_factory=admin_actor)
    version: int = 0

    def settle(self) -> None:
        self._organisation(self.bureau, "city_hr_bureau", "市人社局", None)
        self._organisation(self.d1, "first_level_department", "D1", self.bureau.organisation_id)
        self._organisation(self.d2, "first_level_department", "D2", self.bureau.organisation_id)
        self.version = self.publish_pack(PACK).json["version"]

    def publish_pack(self, text: str) -> TestResponse:
        body = {"programme": text, "templates": templates()}
        return self.service.client(self.admin).post("/v1/programmes", json=body)

    def unit(self, department: Actor | None = None, name: str = "示例科技有限公司", **more: bool) -> Actor:
        actor = unit_actor()
        event = UnitRegisteredV1(
            unit_id=_id(actor.unit_id),
            account_id=actor.account_id,
            org_code="000000019",
            uscc="",
            department_id=_id((department or self.d1).organisation_id),
            name=name,
            verified="registry",
            **more,
        )
        self.service.hear(event)
        return actor

    def publish_project(self, office: Actor, **changes: Any) -> TestResponse:
        return self.service.client(office).post("/v1/projects", json=project_body(**changes))

    def project(self, office: Actor | None = None, **changes: Any) -> str:
        answer = self.publish_project(office or self.d1, **changes)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def create(self, actor: Actor, project: str, sections: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = {"project_id": project, "sections": sections or {}}
        answer = self.service.client(actor).post("/v1/applications", json=body)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def ready(self, actor: Actor, project: str, number: str = NUMBERS[0]) -> dict[str, Any]:
        """A complete application of another person each time the number differs."""
        return self.create(actor, project, self.sections(actor, id_number=number))

    def report(self, actor: Actor, application: str, **changes: Any) -> TestResponse:
        return self.service.client(actor).post(f"/v1/applications/{application}/report", json=OPERATOR | changes)

    def reported(self, actor: Actor, project: str, number: str = NUMBERS[0]) -> dict[str, Any]:
        answer = self.report(actor, self.ready(actor, project, number)["id"])
        assert answer.status_code == 200, answer.json
        return dict(self.get(actor, answer.json["id"]).json)

    def get(self, actor: Actor, application: str) -> TestResponse:
        return self.service.client(actor).get(f"/v1/applications/{application}")

    def save(self, actor: Actor, application: str, sections: Mapping[str, Any], **how: Any) -> TestResponse:
        """PUT all tabs, or PATCH when `part`; with the present ETag unless another is named."""
        client: FlaskClient = self.service.client(actor)
        etag = how.get("etag") or self.get(actor, application).headers["ETag"]
        call = client.patch if how.get("part") else client.put
        path = f"/v1/applications/{application}/sections"
        return call(path, json={"sections": dict(sections)}, headers={"If-Match": etag})

    def receipt(self, actor: Actor, **changes: Any) -> dict[str, str]:
        claims = {
            "document_id": str(uuid7()),
            "name": "评审表.pdf",
            "size": 4_194_304,
            "sha256": "a" * 64,
            "media_type": "application/pdf",
            "pages": 2,
            "purpose": f"material:{PROGRAMME}:{self.version}:evaluation_form_file",
            "account_id": str(actor.account_id),
            "unit_id": str(actor.unit_id),
        }
        return {"receipt": self.service.slip("documents", "shenbao-receipt+jwt", claims | changes)}

    def attachment(self, actor: Actor, **changes: Any) -> dict[str, str]:
        purpose = f"attachment:{PROGRAMME}:{self.version}:attachment_files"
        return self.receipt(actor, purpose=purpose, name="学历证书.pdf", **changes)

    def sections(self, actor: Actor, **basic: Any) -> dict[str, Any]:
        """Values in all tabs that have to be filled in."""
        return {
            "basic": BASIC | basic,
            "experience": EXPERIENCE,
            "evaluation_form": {"evaluation_form_file": self.receipt(actor)},
            "attachments": {},
        }

    def opened(self, application: Mapping[str, Any], office: Actor, step: str, name: str = "D1") -> None:
        self.service.hear(
            StepOpenedV1(
                application_id=UUID(application["id"]),
                step_key=step,
                round=application["round"],
                organisation_id=_id(office.organisation_id),
                organisation_name=name,
            )
        )

    def passed(self, application: Mapping[str, Any], office: Actor, step: str, *, final: bool) -> None:
        self.service.hear(StepPassedV1(**decision(application, office, step), final=final))

    def returned(self, application: Mapping[str, Any], office: Actor, step: str, items: tuple[str, ...] = ()) -> None:
        self.service.hear(StepReturnedV1(**decision(application, office, step), items=items))

    def failed(self, application: Mapping[str, Any], office: Actor, step: str) -> None:
        self.service.hear(StepFailedV1(**decision(application, office, step)))

    def posted(self, application: Mapping[str, Any], office: Actor) -> None:
        facts = decision(application, office, "publicity")
        del facts["decided_at"]
        days = {"starts_on": date(2024, 3, 1), "ends_on": date(2024, 3, 7)}
        self.service.hear(PublicityStartedV1(**facts, **days, publicity_id=uuid7()))

    def move(self, unit: Actor, to: Actor, *, revision: int = 1) -> None:
        event = SupervisingDepartmentChangedV1(
            unit_id=_id(unit.unit_id),
            from_id=_id(self.d1.organisation_id),
            to_id=_id(to.organisation_id),
            revision=revision,
        )
        self.service.hear(event, revision=revision)

    def _organisation(self, actor: Actor, level: str, name: str, parent: UUID | None) -> None:
        organisation_id = _id(actor.organisation_id)
        event = OrganisationCreatedV1(
            organisation_id=organisation_id, code=name, name=name, level=level, parent_id=parent
        )
        self.service.hear(event)


def decision(application: Mapping[str, Any], office: Actor, step: str) -> dict[str, Any]:
    return {
        "application_id": UUID(application["id"]),
        "step_key": step,
        "round": application["round"],
        "organisation_id": _id(office.organisation_id or office.unit_id),
        "decided_at": datetime(2014, 5, 6, 2, 30, tzinfo=UTC),
    }


def project_body(**changes: Any) -> dict[str, Any]:
    return {
        "programme": PROGRAMME,
        "variant": "determination_primary",
        "name": "初级职称初定",
        "year": 2026,
        "opens_on": "2020-01-01",
        "closes_on": "2099-12-31",
        "specialties": [],
        "scope_text": "",
        "scope_department_ids": [],
        "notice_title": "",
        "notice_body": "",
    } | changes


def _id(value: UUID | None) -> UUID:
    assert value is not None
    return value


BASIC: dict[str, Any] = {
    "person_name": "张三",
    "sex": "male",
    "id_type": "id_card",
    "id_number": NUMBERS[0],
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江杭州",
    "political_status": "masses",
    "health": "healthy",
    "mobile": "13800000000",
    "email": "zhang@example.cn",
    "declared_title": "工程技术-助理工程师",
    "current_specialty": "生物学-植物学",
    "specialty_years": 5,
}
EXPERIENCE: dict[str, Any] = {
    "education": [
        {
            "ended_on": "2012-06",
            "completion": "graduated",
            "school": "浙江大学",
            "major": "植物学",
            "study_length": "4年",
            "degree": "bachelor",
        }
    ],
    "achievements": "完成新品种选育两项。",
}


@pytest.fixture(scope="session")
def started(service_factory: ServiceFactory) -> UnderTest:
    return service_factory("applications", create_app, Settings)


@pytest.fixture
def applications(started: UnderTest) -> UnderTest:
    started.clear()
    return started


@pytest.fixture
def house(applications: UnderTest) -> House:
    found = House(applications)
    found.settle()
    return found


@pytest.fixture
def pack_text() -> str:
    return PACK
