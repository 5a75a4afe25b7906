"""A town for journeys and measurements: the programme, its bureau, and fresh departments, projects and forms."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.invented import Person
from shenbao_stack.services import root
from shenbao_stack.world import Office, Unit, World, done, settled

PRIMARY, INTERMEDIATE, RECOGNITION = "determination_primary", "determination_intermediate", "recognition_primary"
FORM = "determination_form"
_ZHANG = Person("张三", True, date(1999, 1, 1), "工程技术-助理工程师", "工学-电子信息", "浙江大学", "电子信息")


class Town:
    """Publishes the programme and opens a bureau (市人社局); everybody else comes when asked for."""

    def __init__(self, world: World, checkout: Path | None = None) -> None:
        """checkout: whose packs are published, where the suite is another version's."""
        self.world = world
        self._serials = count(1)
        done(world.publish_programme((checkout or root()) / "programmes" / PROGRAMME))
        settled(world.admin(), "documents", "review")
        self.bureau = world.new_office("city_hr_bureau", name="市人社局")

    def department(self, name: str = "") -> Office:
        """A first-level department (一级归口部门) of its own."""
        return self.world.new_office("first_level_department", self.bureau, name=name)

    def committee(self, programme: str, name: str) -> None:
        """The bureau's one committee for all groups of a programme: of two, none would be the right one."""
        formed = done(self.bureau.user.call("GET", "review", "/v1/committees"))["items"]
        if not any(programme in one["programmes"] for one in formed):
            committee = {"name": name, "programmes": [programme], "groups": []}
            done(self.bureau.user.call("POST", "review", "/v1/committees", committee))

    def unit(self, department: Office, **registration: Any) -> Unit:
        """示例科技有限公司 (000000019) under that department, unless the registration says otherwise."""
        return self.world.register_unit(department, **registration)

    def project(self, publisher: Office, variant: str = PRIMARY, **changes: Any) -> dict[str, Any]:
        """A project that is open today; its publisher's later answers hold it, as do those of `reader.follow`."""
        made: dict[str, Any] = done(self.publish(publisher, variant, **changes))
        return made

    def publish(self, publisher: Office, variant: str, **changes: Any) -> Any:
        """The answer to an attempt at publishing."""
        year = office_day(now()).year
        body = {
            "programme": PROGRAMME,
            "variant": variant,
            "name": f"{year}年职称申报",
            "year": year,
            "opens_on": f"{year}-01-01",
            "closes_on": f"{year + 1}-12-31",
        }
        return publisher.user.call("POST", "applications", "/v1/projects", body | changes)

    def sections(self, user: User, project: Mapping[str, Any], **basic: Any) -> dict[str, Any]:
        """Every required item, with an uploaded evaluation form; another person each time."""
        paper = done(job.upload(user, job.pdf(), job.material(project, "evaluation_form_file")))
        return {
            "basic": _ZHANG.basic(next(self._serials)) | basic,
            "experience": _ZHANG.experience(),
            "evaluation_form": {"evaluation_form_file": {"receipt": paper["receipt"]}},
        }

    def draft(self, user: User, project: Mapping[str, Any]) -> str:
        """An application with only a name in it."""
        return str(job.begin(user, project, {"basic": {"person_name": "张三"}})["id"])

    def ready(self, user: User, project: Mapping[str, Any], **basic: Any) -> str:
        """A complete application."""
        return str(job.begin(user, project, self.sections(user, project, **basic))["id"])

    def reported(self, user: User, project: Mapping[str, Any], **basic: Any) -> str:
        """A complete application, reported."""
        application = self.ready(user, project, **basic)
        (result,) = done(job.report(user, [application]))["results"]
        if result["result"] != "reported":
            raise AssertionError(result)
        return application
