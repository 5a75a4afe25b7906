"""Senior and intermediate titles evaluated by a committee: the programme as its applicants and units meet it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from werkzeug.test import TestResponse

from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

FOLDER = Path(__file__).parents[5] / "programmes" / "title_committee_evaluation"
AGREED = ["truthfulness"]
BASIC: dict[str, Any] = {
    "person_name": "张三",
    "sex": "male",
    "id_type": "id_card",
    "id_number": "330000199001010014",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江杭州",
    "political_status": "masses",
    "health": "healthy",
    "work_unit": "示例科技有限公司",
    "highest_degree": "bachelor",
    "series": "engineering",
    "declared_title": "engineer",
    "subject_group": "electronics",
    "current_specialty": "电子信息",
    "specialty_years": 5,
    "present_tier": "primary",
    "present_title": "助理工程师",
    "present_title_date": "2022-09-01",
    "exceptional": "no",
}
STUDY = {"ended_on": "2012-06", "completion": "graduated", "school": "浙江大学", "major": "电子", "degree": "bachelor"}
STUDY |= {"degree_date": "2012-06-30", "degree_unit": "浙江大学"}
WORK = {"start_date": "2021-07-01", "end_date": "2026-06-30", "unit": "示例科技有限公司", "post": "电子信息"}


def years_ago(years: int) -> str:
    day = office_day(now())
    return date(day.year - years, day.month, min(day.day, 28)).isoformat()


class Evaluating:
    """The house with the programme published; A is a person who declares."""

    agreed: ClassVar[list[str]] = AGREED
    basic: ClassVar[dict[str, Any]] = BASIC
    programme: ClassVar[str] = FOLDER.name
    years_ago = staticmethod(years_ago)

    def __init__(self, house: Any) -> None:
        self.house = house
        self.a = person_actor()
        texts = {p.name: p.read_text(encoding="utf-8") for p in (FOLDER / "templates").iterdir()}
        body = {
            "programme": (FOLDER / "programme.yaml").read_text(encoding="utf-8"),
            "samples": (FOLDER / "samples.yaml").read_text(encoding="utf-8"),
            "templates": texts,
        }
        published = house.service.client(house.admin).post("/v1/programmes", json=body)
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.projects = {variant: self.project(variant) for variant in ("intermediate_personal", "intermediate_unit")}

    def project(self, variant: str, **changes: Any) -> str:
        made: str = self.house.project(
            self.house.bureau, programme=FOLDER.name, variant=variant, **({"name": f"2026年{variant}"} | changes)
        )
        return made

    def committee(self) -> None:
        """C evaluates electronics for the bureau."""
        event = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=self.house.bureau.organisation_id,
            name="C",
            programmes=(FOLDER.name,),
            groups=("electronics",),
            active=True,
            revision=1,
        )
        self.house.service.hear(event, revision=1)

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def begin(self, variant: str = "intermediate_personal", actor: Actor | None = None, **changes: Any) -> TestResponse:
        body = {"project_id": self.projects[variant], "accepted": AGREED} | changes
        answer: TestResponse = self.client(actor).post("/v1/applications", json=body)
        return answer

    def save(self, application: str, sections: Mapping[str, Any], actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.house.save(actor or self.a, application, sections, part=True)
        return answer

    def check(self, application: str, actor: Actor | None = None) -> Any:
        return self.client(actor).get(f"/v1/applications/{application}/check").json

    def clause(self, application: str, key: str) -> dict[str, Any]:
        (found,) = [c for c in self.check(application)["clauses"] if c["key"] == key]
        return dict(found)

    def report(self, application: str, actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/report", json={})
        return answer

    def file(self, key: str, actor: Actor | None = None, *, kind: str = "material", name: str = "") -> dict[str, str]:
        purpose = f"{kind}:{FOLDER.name}:{self.version}:{key}"
        who = actor or self.a
        unit = str(who.unit_id) if who.unit_id else None
        given: dict[str, str] = self.house.receipt(who, purpose=purpose, unit_id=unit, name=name or f"{key}.jpg")
        return given

    def form(self, actor: Actor | None = None, **basic: Any) -> dict[str, Any]:
        """Everything that has to be filled in, but for the unit's opinion."""
        photos = {key: self.file(key, actor) for key in ("photo", "id_card_front", "id_card_back")}
        return {
            "registration": {"mobile": "13800000000", "email": "zhangsan@example.com"},
            "basic": BASIC | {"work_start_date": years_ago(5)} | photos | basic,
            "summary": {
                "engineering_works": [
                    {"name": "城市数据平台", "scale": "1200万元", "own_role": "主要完成人", "completed_on": "2025-06"}
                ],
                "achievements": "主持完成城市数据平台的建设。",
            },
            "study": {"records": [STUDY]},
            "work": {"records": [WORK]},
            "performance": {"records": [{"start_date": "2023-01-01", "description": "平台建设", "own_role": "主持"}]},
        }

    def filled(self, variant: str = "intermediate_personal", actor: Actor | None = None, **basic: Any) -> str:
        made = self.begin(variant, actor, sections=self.form(actor, **basic))
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def with_opinion(self, application: str) -> TestResponse:
        return self.save(application, {"attachments": {"unit_opinion_files": [self.file("unit_opinion")]}})


@pytest.fixture
def evaluating(house: Any) -> Evaluating:
    return Evaluating(house)
