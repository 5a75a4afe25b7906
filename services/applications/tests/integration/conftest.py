"""A person who settles in: the programme that is declared alone, step by step."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug.test import TestResponse

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.testing.actors import person_actor

PROGRAMME = "talent_settle_in"
PACK = (Path(__file__).parents[4] / "programmes" / PROGRAMME / "programme.yaml").read_text(encoding="utf-8")
NOTICE = ["handling_notice"]
STEPS = ("qualification", "personal", "settle_in", "accompanying", "proofs")


def born(years: int) -> str:
    """The birthday of somebody who turns so many years old today."""
    day = office_day(now())
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day).isoformat()


class Settling:
    """The house with the programme published and open to persons; A is one of them."""

    steps: ClassVar[tuple[str, ...]] = STEPS
    born = staticmethod(born)

    def __init__(self, house: Any) -> None:
        self.house = house
        self.a = person_actor()
        published = house.service.client(house.admin).post("/v1/programmes", json={"programme": PACK, "templates": {}})
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.project = house.project(house.bureau, programme=PROGRAMME, variant="settle_in", name="2026年引进人才入户")

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def begin(self, actor: Actor | None = None, **changes: Any) -> TestResponse:
        body = {"project_id": self.project, "accepted": NOTICE} | changes
        answer: TestResponse = self.client(actor).post("/v1/applications", json=body)
        return answer

    def step(self, key: str, actor: Actor | None = None) -> dict[str, Any]:
        """What a complete step holds."""
        who = actor or self.a
        forms: dict[str, dict[str, Any]] = {
            "qualification": {
                "condition": "bachelor",
                "education_level": "bachelor",
                "full_time": "yes",
                "has_degree": "yes",
                "overseas": "no",
                "education_certificate_no": "103351200605001234",
                "education_proof": self.file(who, "education_or_degree_certificate"),
            },
            "personal": {
                "household_home_page": self.file(who, "household_home_page"),
                "household_own_page": self.file(who, "household_own_page"),
                "person_name": "张三",
                "id_number": "330000199001010014",
                "sex": "male",
                "birth_date": born(40),
                "household_address": "湖南省长沙市岳麓区",
                "mobile": "13800000000",
            },
            "settle_in": {
                "address_type": "own_property",
                "address": "天河区体育东路1号",
                "property_proof": self.file(who, "property_certificate"),
            },
        }
        return forms.get(key, {})

    def file(self, actor: Actor, material: str, **changes: Any) -> dict[str, str]:
        purpose = f"material:{PROGRAMME}:{self.version}:{material}"
        given: dict[str, str] = self.house.receipt(actor, purpose=purpose, unit_id=None, name="照片.jpg", **changes)
        return given

    def save(self, application: str, sections: Mapping[str, Any], actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.house.save(actor or self.a, application, sections, part=True)
        return answer

    def filled(self, actor: Actor | None = None, *, number: str = "330000199001010014") -> dict[str, Any]:
        """An application of which every step is saved. number: of whose it is."""
        made = self.begin(actor).json
        for key in STEPS:
            step = self.step(key, actor)
            values = step | {"id_number": number} if key == "personal" else step
            saved = self.save(made["id"], {key: values}, actor)
            assert saved.status_code == 200, saved.json
        return dict(saved.json)

    def submit(self, application: str, actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/report", json={})
        return answer

    def act(self, application: str, what: str, actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/{what}")
        return answer

    def submitted(self) -> dict[str, Any]:
        """In review, with the bureau's acceptance open."""
        sent = self.submit(self.filled()["id"]).json
        self.house.opened(sent, self.house.bureau, "hr_acceptance", "市人社局")
        return dict(sent)

    def accepted(self) -> dict[str, Any]:
        sent = self.submitted()
        self.house.passed(sent, self.house.bureau, "hr_acceptance", final=False)
        self.house.opened(sent, self.house.bureau, "hr_review", "市人社局")
        return sent

    def posted(self) -> dict[str, Any]:
        """Passed by the bureau, and read by everybody now."""
        sent = self.accepted()
        self.house.passed(sent, self.house.bureau, "hr_review", final=False)
        self.house.opened(sent, self.house.bureau, "publicity", "市人社局")
        self.house.posted(sent, self.house.bureau)
        return sent


@pytest.fixture
def settling(house: Any) -> Settling:
    return Settling(house)
