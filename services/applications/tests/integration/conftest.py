"""A person who settles in: the programme that is declared alone, step by step."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from werkzeug.test import TestResponse

from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor

PROGRAMME = "talent_settle_in"
PACK = (Path(__file__).parents[4] / "programmes" / PROGRAMME / "programme.yaml").read_text(encoding="utf-8")
NOTICE = ["handling_notice"]
NUMBER = "330000199001010014"
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
        self.numbers: dict[Actor, str] = {}
        published = house.service.client(house.admin).post("/v1/programmes", json={"programme": PACK, "templates": {}})
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.project = house.project(house.bureau, programme=PROGRAMME, variant="settle_in", name="2026年引进人才入户")

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def begin(self, actor: Actor | None = None, **changes: Any) -> TestResponse:
        body = {"project_id": self.project, "accepted": NOTICE, "profile": self.profile(actor)} | changes
        answer: TestResponse = self.client(actor).post("/v1/applications", json=body)
        return answer

    def profile(self, actor: Actor | None = None, **changes: Any) -> str:
        """What identity signs of the person."""
        who = actor or self.a
        told = {"name": "张三", "id_number": self.numbers.get(who, NUMBER), "account_id": str(who.account_id)}
        return str(self.house.service.slip("identity", "shenbao-profile+jwt", told | changes))

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

    def filled(self, actor: Actor | None = None) -> dict[str, Any]:
        """An application of which every step is saved."""
        made = self.begin(actor).json
        for key in STEPS:
            saved = self.save(made["id"], {key: self.step(key, actor)}, actor)
            assert saved.status_code == 200, saved.json
        return dict(saved.json)

    def submit(self, application: str, actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/report", json={})
        return answer

    def delete(self, application: str) -> None:
        headers = {"If-Match": self.house.get(self.a, application).headers["ETag"]}
        assert self.client().delete(f"/v1/applications/{application}", headers=headers).status_code == 204

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
def settling_text() -> str:
    return PACK


@pytest.fixture
def settling(house: Any) -> Settling:
    return Settling(house)


LEADERS = "academic_leader_selection"
LEADERS_FOLDER = Path(__file__).parents[4] / "programmes" / LEADERS
PROFILE = {
    "name": "张三",
    "id_number": "330000199001010014",
    "sex": "男",
    "birth_date": "1990-01-01",
    "mobile": "13800000000",
    "address": "合肥市示例路1号",
    "work_unit": "示例科技有限公司",
}


class Leading:
    """The house with the programme of academic leaders open from 2024-07-01 to 2024-07-31; A is a person, U1 a unit."""

    profile: ClassVar[dict[str, str]] = PROFILE

    def __init__(self, house: Any, **options: list[dict[str, str]]) -> None:
        self.house = house
        self.a = person_actor()
        self.u1 = house.unit()
        text = (LEADERS_FOLDER / "programme.yaml").read_text(encoding="utf-8")
        if options:
            pack = yaml.safe_load(text)
            text = yaml.safe_dump(pack | {"options": pack["options"] | options}, allow_unicode=True)
        templates = {"declaration.typ": (LEADERS_FOLDER / "templates/declaration.typ").read_text(encoding="utf-8")}
        body = {"programme": text, "templates": templates}
        published = house.service.client(house.admin).post("/v1/programmes", json=body)
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.plan = self.publish_plan()
        committee = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=house.bureau.organisation_id,
            name="评审委员会",
            programmes=(LEADERS,),
            groups=(),
            active=True,
            revision=1,
        )
        house.service.hear(committee)

    def publish_plan(self, **changes: Any) -> str:
        days = {"year": 2024, "batch": "第六批", "opens_on": "2024-07-01", "closes_on": "2024-07-31"}
        named = {"programme": LEADERS, "variant": "selection", "name": "2024年学术和技术带头人选拔"}
        return str(self.house.project(self.house.bureau, **(days | named | changes)))

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def slip(self, actor: Actor | None = None, **changes: Any) -> str:
        said = {"account_id": str((actor or self.a).account_id)} | PROFILE | changes
        return str(self.house.service.slip("identity", "shenbao-profile+jwt", said))

    def begin(self, **changes: Any) -> TestResponse:
        body = {"project_id": self.plan, "accepted": ["integrity_commitment"], "profile": self.slip()} | changes
        answer: TestResponse = self.client().post("/v1/applications", json=body)
        return answer

    def begun(self) -> str:
        answer = self.begin()
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def bind(self, unit: Actor | None = None) -> None:
        event = BindingActivatedV1(
            binding_id=uuid7(),
            account_id=self.a.account_id,
            unit_id=(unit or self.u1).unit_id or uuid7(),
            activated_at=now(),
        )
        self.house.service.hear(event)

    def file(self, key: str, kind: str = "attachment", name: str = "附件.pdf") -> dict[str, str]:
        purpose = f"{kind}:{LEADERS}:{self.version}:{key}"
        given: dict[str, str] = self.house.receipt(self.a, purpose=purpose, unit_id=None, name=name)
        return given

    def basic(self) -> dict[str, Any]:
        """What the personal centre does not tell; as a reserve candidate without degree."""
        materials = ("photo", "id_front", "id_back", "graduation_certificate", "signed_commitment")
        return {
            "declaration_category": "reserve_candidate",
            "evaluation_group": "engineering",
            "selected_batch": "none",
            "title_or_skill_level": "高级工程师",
            "telephone": "0551-12345678",
            **{key: self.file(key, "material", f"{key}.jpg") for key in materials},
        }

    def complete(self) -> dict[str, Any]:
        work = {"start_date": "2010-07-01", "end_date": "2015-07-01", "unit_name": "示例科技有限公司", "post": "工程师"}
        return {
            "basic": self.basic(),
            "work_experience": {"records": [work]},
            "outstanding_contribution": {"text": "主持完成省级重点项目一项。"},
        }

    def save(self, application: str, sections: Mapping[str, Any]) -> TestResponse:
        answer: TestResponse = self.house.save(self.a, application, sections, part=True)
        return answer

    def sections(self, application: str) -> dict[str, Any]:
        return dict(self.house.get(self.a, application).json["sections"])

    def filled(self) -> str:
        application = self.begun()
        saved = self.save(application, self.complete())
        assert saved.status_code == 200, saved.json
        return application

    def check(self, application: str) -> dict[str, Any]:
        answer = self.client().post(f"/v1/applications/{application}/check")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def submit(self, application: str) -> TestResponse:
        answer: TestResponse = self.client().post(f"/v1/applications/{application}/report", json={})
        return answer


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """Sets the clock to a moment in China."""
    yield lambda text: clock.move(datetime.fromisoformat(f"{text}+08:00") - clock.machine())
    clock.move(timedelta())


@pytest.fixture
def leading_in(house: Any, at: Callable[[str], None]) -> Callable[..., Leading]:
    """In the middle of July 2024, with other option lists where a test names them."""

    def make(**options: list[dict[str, str]]) -> Leading:
        at("2024-07-15T10:00:00")
        return Leading(house, **options)

    return make


@pytest.fixture
def leading(leading_in: Callable[..., Leading]) -> Leading:
    return leading_in()
