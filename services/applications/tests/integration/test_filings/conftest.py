"""A person who keeps a recognition valid: the programme that the person fills in and the selected unit reports."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug.test import TestResponse

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import person_actor

PROGRAMME = "talent_recognition_filing"
FOLDER = Path(__file__).parents[5] / "programmes" / PROGRAMME
NUMBER = "330000199001010014"
INFORMATION: Mapping[str, Any] = {
    "person_name": "张三",
    "sex": "male",
    "id_type": "id_card",
    "id_number": NUMBER,
    "mobile": "13800000000",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江磐安",
    "political_status": "league_member",
    "city_work_start_date": "2012-07-01",
    "industry_category": "equipment",
    "employment_state": "employed",
    "unit_category": "enterprise",
    "admin_post": "无",
    "profession": "电焊",
    "highest_education": "technical",
    "education_major": "电焊、冷作",
    "graduation_school": "杭州西子机电技术学校",
    "graduation_date": "2004-07-06",
    "highest_degree": "none",
    "title_level": "none",
    "title_name": "none",
    "recognition_category": "d",
    "declared_condition": "d_provincial_second",
}
DECLARED = {"contract_changed": "no", "vocational_changed": "no"}
CONFIRMED = {"confirmed": ["is_employee", "materials_true"]}


class Filing:
    """The house with the programme published and open to persons; A was recognised as category D on 2022-03-15."""

    number: ClassVar[str] = NUMBER
    confirmed: ClassVar[dict[str, list[str]]] = CONFIRMED

    def __init__(self, house: Any, *, returned_to: str = "applicant") -> None:
        self.house = house
        self.a = person_actor()
        text = (FOLDER / "programme.yaml").read_text(encoding="utf-8")
        body = {
            "programme": text.replace("return_to: applicant", f"return_to: {returned_to}"),
            "samples": (FOLDER / "samples.yaml").read_text(encoding="utf-8"),
            "templates": {f.name: f.read_text(encoding="utf-8") for f in (FOLDER / "templates").iterdir()},
        }
        published = house.service.client(house.admin).post("/v1/programmes", json=body)
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.project = house.project(
            house.bureau, programme=PROGRAMME, variant="recognition_filing", name="2024年人才认定备案"
        )
        self.u1 = house.unit()
        self.u2 = house.unit(name="另一家示例公司")

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def recognise(self, number: str = NUMBER, **changes: Any) -> TestResponse:
        """What the bureau hands over of the register."""
        sections = {"filing_form": {k: v for k, v in INFORMATION.items() if k != "id_number"}}
        item = {
            "name": "张三",
            "id_type": "id_card",
            "id_number": number,
            "category": "d",
            "recognised_on": "2022-03-15",
            "unit_id": str(self.u1.unit_id),
            "sections": sections,
            "materials": ["身份证.pdf"],
        } | changes
        body = {"register": "talent_recognition", "items": [item]}
        answer: TestResponse = self.client(self.house.bureau).post("/v1/recognitions", json=body)
        return answer

    def profile(self, actor: Actor | None = None, **changes: Any) -> str:
        who = actor or self.a
        said = {"account_id": str(who.account_id), "name": "张三", "id_type": "201", "id_number": NUMBER}
        said |= {"verified": True} | changes
        return str(self.house.service.slip("identity", "shenbao-profile+jwt", said))

    def begin(self, actor: Actor | None = None, **profile: Any) -> TestResponse:
        body = {"project_id": self.project, "profile": self.profile(actor, **profile)}
        answer: TestResponse = self.client(actor).post("/v1/applications", json=body)
        return answer

    def save(self, application: str, actor: Actor | None = None, **form: Any) -> TestResponse:
        """保存信息."""
        answer: TestResponse = self.house.save(actor or self.a, application, {"filing_form": form}, part=True)
        return answer

    def upload(self, application: str, *materials: str, actor: Actor | None = None) -> TestResponse:
        who = actor or self.a
        given = {key: self.file(who, key) for key in materials}
        answer: TestResponse = self.house.save(who, application, {"materials": given}, part=True)
        return answer

    def file(self, actor: Actor, material: str, **changes: Any) -> dict[str, str]:
        purpose = f"material:{PROGRAMME}:{self.version}:{material}"
        given: dict[str, str] = self.house.receipt(actor, purpose=purpose, unit_id=None, **changes)
        return given

    def save_materials(self, application: str, actor: Actor | None = None) -> TestResponse:
        """保存材料."""
        who = actor or self.a
        headers = {"If-Match": self.house.get(who, application).headers["ETag"]}
        answer: TestResponse = self.client(who).put(f"/v1/applications/{application}/materials", headers=headers)
        return answer

    def saved(self, actor: Actor | None = None, **form: Any) -> dict[str, Any]:
        """Begun, with its information saved."""
        made = self.begin(actor).json
        answer = self.save(made["id"], actor, **DECLARED | form)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def ready(self) -> dict[str, Any]:
        """With its materials saved: the unit may report it."""
        made = self.saved()
        self.upload(made["id"], "filing_form_signed", "social_insurance_certificate")
        answer = self.save_materials(made["id"])
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def report(self, application: str, actor: Actor, **body: Any) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/report", json=body)
        return answer

    def reported(self) -> dict[str, Any]:
        sent = self.report(self.ready()["id"], self.u1, **CONFIRMED).json
        self.house.opened(sent, self.house.bureau, "hr_pre_review", "市人社局")
        return dict(sent)


@pytest.fixture
def filing(house: Any) -> Filing:
    return Filing(house)


@pytest.fixture
def filing_of_units(house: Any) -> Filing:
    """The same programme, had it its returns go to the unit."""
    return Filing(house, returned_to="unit")


class Day:
    """The day on which the service believes to be."""

    def be(self, day: str, at: str = "09:00") -> None:
        wanted = datetime.fromisoformat(f"{day}T{at}:00+08:00")
        clock.move(wanted.astimezone(UTC) - clock.machine())


@pytest.fixture
def day() -> Iterator[Day]:
    found = Day()
    found.be("2024-02-20")
    yield found
    clock.move(clock.machine() - clock.machine())
