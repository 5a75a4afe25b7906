"""A unit with its people, their performance archive, and the programmes of titles that they declare in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from shenbao_applications.models import Application, Step
from shenbao_common.contracts.review import CommitteeFormedV1, StepOpenedV1
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

RECORDS = "/v1/archive/records"
DEGREE = {"degree_date": "2020-04-07", "degree_unit": "示例大学", "degree": "bachelor", "major": "建筑工程"}
ZHANG = {"name": "张三", "id_type": "id_card", "id_number": "330000199001010014"}
LI = {"name": "李四", "id_type": "id_card", "id_number": "330000198506150026"}
PACKS = Path(__file__).parents[5] / "programmes"
REVIEW, RECOGNITION = "title_review", "title_recognition"
CHECK = "unit_qualification_check"
PLAN = "关于2020年度高级建筑工程申报通知"
BASIC = {
    "declared_title": "engineering_construction_senior_engineer",
    "current_specialty": "基础力学",
    "specialty_years": 5,
    "id_type": "id_card",
    "ethnicity": "han",
    "birthplace": "浙江省杭州市",
    "political_status": "masses",
    "health": "healthy",
    "email": "zhang@example.cn",
}
PROFILE = {"sex": "male", "birth_date": "1990-01-01", "mobile": "13800000000"}


class Archive:
    """U1 with the people A (张三) and B (李四), and what tests do with their records."""

    records: ClassVar[str] = RECORDS
    degree: ClassVar[Mapping[str, str]] = DEGREE
    zhang: ClassVar[Mapping[str, str]] = ZHANG

    def __init__(self, house: Any) -> None:
        self.house = house
        self.u1 = house.unit()
        self.a, self.b = self.person(), self.person()
        self.said = {self.a.account_id: ZHANG, self.b.account_id: LI}

    def person(self, *, bound: bool = True) -> Actor:
        actor = person_actor()
        if bound:
            self.bind(actor)
        return actor

    def bind(self, actor: Actor, unit: Actor | None = None) -> None:
        unit_id = (unit or self.u1).unit_id
        event = BindingActivatedV1(binding_id=uuid7(), account_id=actor.account_id, unit_id=unit_id, activated_at=now())
        self.house.service.hear(event)

    def client(self, actor: Actor) -> Any:
        return self.house.service.client(actor)

    def slip(self, actor: Actor) -> str:
        said = {"account_id": str(actor.account_id), **self.said.get(actor.account_id, ZHANG)}
        return str(self.house.service.slip("identity", "shenbao-profile+jwt", said))

    def begin(self, actor: Actor, values: Any = None, **changes: Any) -> TestResponse:
        body = {"category": "education", "profile": self.slip(actor), "values": DEGREE if values is None else values}
        answer: TestResponse = self.client(actor).post(RECORDS, json=body | changes)
        return answer

    def draft(self, actor: Actor, values: Any = None, **changes: Any) -> str:
        answer = self.begin(actor, values, **changes)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def submit(self, actor: Actor, record: str) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"{RECORDS}/{record}/submission")
        return answer

    def pending(self, actor: Actor, values: Any = None, **changes: Any) -> str:
        record = self.draft(actor, values, **changes)
        answer = self.submit(actor, record)
        assert answer.status_code == 200, answer.json
        return record

    def save(self, actor: Actor, record: str, values: Any) -> TestResponse:
        etag = self.client(actor).get(f"{RECORDS}/{record}").headers["ETag"]
        call = self.client(actor).put
        answer: TestResponse = call(f"{RECORDS}/{record}", json={"values": values}, headers={"If-Match": etag})
        return answer

    def decide(self, action: str, *records: str, opinion: str = "") -> TestResponse:
        body = {"ids": list(records), "action": action, "opinion": opinion}
        answer: TestResponse = self.client(self.u1).post("/v1/archive/decisions", json=body)
        return answer

    def get(self, actor: Actor, record: str) -> dict[str, Any]:
        return dict(self.client(actor).get(f"{RECORDS}/{record}").json)

    def listed(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.client(self.u1).get(RECORDS, query_string={"category": "education"} | query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def counts(self, **query: Any) -> dict[str, int]:
        found = self.client(self.u1).get(f"{RECORDS}/counts", query_string={"category": "education"} | query).json
        return {tab: found[tab] for tab in ("pending", "passed", "failed", "all")}

    def waiting(self) -> dict[str, int]:
        found = self.client(self.u1).get("/v1/archive/categories").json["items"]
        return {category["key"]: category["pending"] for category in found if category["pending"]}


class Titles(Archive):
    """Both programmes are published; plans are open to the people of U1."""

    def __init__(self, house: Any) -> None:
        super().__init__(house)
        self.said = {account: person | PROFILE for account, person in self.said.items()}
        self.versions = {programme: self._publish(programme) for programme in (REVIEW, RECOGNITION)}
        committee = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=house.bureau.organisation_id,
            name="高级建筑工程评审委员会",
            programmes=(REVIEW,),
            groups=(),
            active=True,
            revision=1,
        )
        house.service.hear(committee)

    def _publish(self, programme: str) -> int:
        folder = PACKS / programme
        templates = {file.name: file.read_text(encoding="utf-8") for file in (folder / "templates").glob("*.typ")}
        body = {"programme": (folder / "programme.yaml").read_text(encoding="utf-8"), "templates": templates}
        answer = self.client(self.house.admin).post("/v1/programmes", json=body)
        assert answer.status_code == 201, answer.json
        return int(answer.json["version"])

    def plan(self, year: int = 2020, name: str = PLAN) -> str:
        changes = {"programme": REVIEW, "variant": "plan_evaluation", "year": year, "name": name}
        return str(self.house.project(self.house.bureau, **changes))

    def accepting(self, office: Actor) -> str:
        changes = {
            "programme": RECOGNITION,
            "variant": "out_of_province_transfer",
            "year": 2020,
            "name": "2020年职称认定",
        }
        return str(self.house.project(office, **changes))

    def application(self, actor: Actor, plan: str, programme: str = REVIEW) -> str:
        """Complete, with its certificate."""
        purpose = f"material:{programme}:{self.versions[programme]}:education_certificate"
        file = self.house.receipt(actor, purpose=purpose, unit_id=None, name="学位证书.pdf")
        basic = BASIC | ({"achievements_rewards_penalties": "完成三项。"} if programme == RECOGNITION else {})
        sections = {
            "basic": basic,
            "summary": {"text": "总结"},
            "declaration_materials": {"education_certificate": [file]},
        }
        body = {"project_id": plan, "profile": self.slip(actor), "sections": sections}
        made = self.client(actor).post("/v1/applications", json=body)
        assert made.status_code == 201, made.json
        assert made.json["problems"] == [], made.json["problems"]
        return str(made.json["id"])

    def declared(self, actor: Actor, plan: str, programme: str = REVIEW) -> dict[str, Any]:
        return self.sent(actor, self.application(actor, plan, programme))

    def sent(self, actor: Actor, application: str) -> dict[str, Any]:
        answer = self.client(actor).post(f"/v1/applications/{application}/report", json={})
        assert answer.status_code == 200, answer.json
        opened = StepOpenedV1(
            application_id=UUID(application),
            step_key=CHECK,
            round=answer.json["round"],
            organisation_id=self.u1.unit_id,
            organisation_name="示例科技有限公司",
        )
        self.house.service.hear(opened)
        return dict(answer.json)

    def unit(self) -> Actor:
        """The unit as the bodies of steps are named."""
        return Actor(account_id=self.u1.account_id, kind=self.u1.kind, organisation_id=self.u1.unit_id)

    def ask(self, path: str = "", **query: Any) -> TestResponse:
        wanted = {"programme": REVIEW} | query
        answer: TestResponse = self.client(self.u1).get(f"/v1/examinations{path}", query_string=wanted)
        assert answer.status_code == 200, answer.json
        return answer

    def ids(self, **query: Any) -> set[str]:
        return {item["id"] for item in self.ask(**query).json["items"]}

    def tabs(self, **query: Any) -> dict[str, int]:
        found = self.ask("/counts", **query).json
        return {tab: found[tab] for tab in ("open", "passed", "failed", "returned", "all")}

    def citations(self, actor: Actor, application: str) -> list[dict[str, Any]]:
        return list(self.client(actor).get(f"/v1/applications/{application}/citations/education").json["items"])

    def cite(self, actor: Actor, application: str, *records: str) -> TestResponse:
        etag = self.house.get(actor, application).headers["ETag"]
        path = f"/v1/applications/{application}/citations/education"
        call = self.client(actor).put
        answer: TestResponse = call(path, json={"records": list(records)}, headers={"If-Match": etag})
        return answer

    def multiply(self, application: str, states: dict[str, int]) -> None:
        """As many more like this one as the unit has in a year, under each tab."""
        with self.house.service.service.sessions.begin() as session:
            made = session.get(Application, UUID(application))
            assert made is not None
            columns = [c.key for c in sa.inspect(Application).columns if c.key not in {"id", "reference"}]
            values = {name: getattr(made, name) for name in columns} | {"number_index": None}
            number = 0
            for state, count in states.items():
                for _ in range(count):
                    number += 1
                    copy = Application(id=uuid7(), reference=f"copy-{number}", **values)
                    session.add(copy)
                    session.flush()
                    session.add(
                        Step(
                            application_id=copy.id,
                            step_key=CHECK,
                            round=1,
                            organisation_id=self.u1.unit_id,
                            organisation_name="示例科技有限公司",
                            state=state,
                        )
                    )


@pytest.fixture
def archive(house: Any) -> Archive:
    return Archive(house)


@pytest.fixture
def titles(house: Any) -> Titles:
    return Titles(house)
