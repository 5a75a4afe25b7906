"""The suite's people and pages. The suite itself comes from the plugin that the package shenbao-stack brings."""

import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from shenbao_stack import job
from shenbao_stack.browsing import browser, desk
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.persons import bind, new_person
from shenbao_stack.services import SERVICES, root, variable
from shenbao_stack.testing import temporary_folder
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, World, done, settled

__all__ = ["browser", "desk", "plans", "titles", "titles_of", "town"]

# A repository of its own, which test_example_suite.py runs as a stranger: in this run it would move everybody's clock.
collect_ignore = ["example-suite"]

REVIEW, RECOGNITION = "title_review", "title_recognition"
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
DEGREE = {"degree_date": "2020-04-07", "degree_unit": "示例大学", "degree": "bachelor", "major": "建筑工程"}
Project = dict[str, Any]
Tabs = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Plans:
    """Of titles: a plan of the bureau for evaluation, and departments that recognise, each with its project."""

    town: Town
    review: Project
    recognition: list[tuple[Office, Project]]


@dataclass
class Mailbox:
    """A mail server that takes everything."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _s: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if mail["To"] == address]


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Everybody's mail."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        box = Mailbox(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture(scope="session")
def person_keys() -> Iterator[Path]:
    """Where each service has the keys of persons, in a folder of its own, as an installation has them."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def stack_settings(mailbox: Mailbox, person_keys: Path) -> Mapping[str, str]:
    """A mail server, and a key for each person."""
    keys = {variable(s, "PERSON_KEYS"): str(person_keys / s) for s in SERVICES if s != "subscriptions"}
    for folder in keys.values():
        Path(folder).mkdir()
    mail = {"IDENTITY_MAIL_URL": f"smtp://127.0.0.1:{mailbox.port}", "IDENTITY_MAIL_FROM": "noreply@shenbao.test"}
    return keys | mail


@pytest.fixture(scope="session")
def town(world: World) -> Town:
    """The world with a programme and a bureau."""
    return Town(world)


@pytest.fixture(scope="session")
def plans(world: World, town: Town, tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """The first material of the review is called as in the manual's picture of the examination."""
    folder = tmp_path_factory.mktemp("packs") / REVIEW
    shutil.copytree(root() / "programmes" / REVIEW, folder)
    pack = folder / "programme.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("学历学位证书", "材料2"), encoding="utf-8")
    for place in (folder, root() / "programmes" / RECOGNITION):
        done(world.publish_programme(place))
    settled(world.admin(), "documents", "review")
    town.committee(REVIEW, "高级建筑工程评审委员会")
    days = {"year": 2020, "opens_on": "2020-01-01"}
    review = town.project(town.bureau, "plan_evaluation", programme=REVIEW, name=PLAN, **days)
    offices = [town.department("市建设局"), town.department("市交通局")]
    made = [
        (office, town.project(office, "out_of_province_transfer", programme=RECOGNITION, name="职称认定", **days))
        for office in offices
    ]
    settled(world.admin(), "applications", "review")
    return Plans(town, review, made)


class Titles:
    """A unit whose people declare for titles."""

    def __init__(self, plans: Plans, unit: Unit | None) -> None:
        self.plans = plans
        self.department, self.recognition = plans.recognition[0]
        self.unit = unit or plans.town.unit(plans.town.department())

    def person(self, name: str) -> User:
        person = new_person(self.plans.town.world, name)
        bind(person, self.unit)
        return person

    def archived(self, person: User) -> str:
        """A degree in the person's archive, handed in to the unit."""
        profile = done(person.call("POST", "identity", "/v1/me/profile-slips"))["slip"]
        body = {"category": "education", "profile": profile, "values": DEGREE}
        record = done(person.call("POST", "applications", "/v1/archive/records", body))["id"]
        done(person.call("POST", "applications", f"/v1/archive/records/{record}/submission"))
        return str(record)

    def begun(self, person: User, project: Project, **basic: Any) -> str:
        """Everything that has to be filled in; nothing is cited yet."""
        paper = done(job.upload(person, job.pdf(), job.material(project, "education_certificate"), name="学位.pdf"))
        sections = {
            "basic": BASIC | basic,
            "summary": {"text": "主持完成建筑工程设计两项。"},
            "declaration_materials": {"education_certificate": [{"receipt": paper["receipt"]}]},
        }
        profile = done(person.call("POST", "identity", "/v1/me/profile-slips"))["slip"]
        body = {"project_id": project["id"], "profile": profile, "sections": sections}
        made = done(person.call("POST", "applications", "/v1/applications", body))
        assert made["problems"] == []
        return str(made["id"])

    def declared(self, person: User, project: Project, **basic: Any) -> str:
        application = self.begun(person, project, **basic)
        self.submit(person, application)
        return application

    def recognised(self, person: User, project: Project) -> str:
        return self.declared(
            person,
            project,
            foreign_language="英语，大学英语六级",
            achievements_rewards_penalties="完成三项省级重点工程的结构设计。",
            special_skills="手绘",
            academic_social_posts="省土木建筑学会会员",
        )

    def submit(self, person: User, application: str) -> None:
        done(person.call("POST", "applications", f"/v1/applications/{application}/report", {}))

    def decide(self, person: User, application: str, action: str, opinion: str = "") -> Any:
        return job.decide(self.unit.user, application, action, opinion, after=person)

    def tabs(self, programme: str = REVIEW) -> Tabs:
        """Awaiting, passed, not passed, return records, all."""
        found = done(self.ask("examinations/counts", programme=programme))
        return (found["open"], found["passed"], found["failed"], found["returned"], found["all"])

    def come_to_read(self, tabs: Tabs, programme: str = REVIEW) -> None:
        """What was handed in goes to review, and the opened step comes back from there."""
        until(lambda: self.tabs(programme) == tabs, what=f"the tabs read {tabs}")

    def ask(self, path: str, **query: str) -> Any:
        return self.unit.user.call("GET", "applications", f"/v1/{path}", params=query)


@pytest.fixture(scope="session")
def titles_of(plans: Plans) -> Callable[[Unit | None], Titles]:
    """Makes that of a unit there is; of a new one for None."""
    return lambda unit: Titles(plans, unit)


@pytest.fixture
def titles(plans: Plans) -> Titles:
    """Of a new unit."""
    return Titles(plans, None)
