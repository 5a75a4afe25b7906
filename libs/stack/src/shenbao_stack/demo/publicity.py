"""A programme whose cases are made public for five working days: for tests and measurements of the moved clock."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.services import root
from shenbao_stack.waiting import until
from shenbao_stack.world import done, settled

KEY = "publicity_by_clock"
TERMS = "publicity: {working_days: 5, count_first_day: true, fields: [basic.declared_title]}"
MONDAY = datetime(2026, 12, 7, 9, tzinfo=OFFICE_ZONE)
"""Its week has five working days in a row."""


@dataclass(frozen=True)
class Notice:
    """A publicity that runs: who posted it, of which application."""

    officer: User
    id: str
    application: str
    posted: dict[str, Any]

    @property
    def public(self) -> str:
        """Where anybody reads it, of review."""
        return f"/v1/public/publicities/{self.id}"

    def now(self) -> dict[str, Any]:
        """As its officer sees it."""
        found: dict[str, Any] = done(self.officer.call("GET", "review", f"/v1/publicities/{self.id}"))
        return found


def publish(town: Town, folder: Path, terms: str) -> None:
    """The first programme under the folder's name as key, with these terms of the department's check."""
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, folder.name).replace("初定", "试点")
    decided = "decider: supervising_department, actions: [pass, return]"
    pack.write_text(text.replace("认定", "核定").replace(decided, f"{decided}, {terms}"), encoding="utf-8")
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")


def posted(town: Town) -> Notice:
    """An application of the programme KEY, reported to a department, which posts it."""
    department = town.department()
    project: dict[str, Any] = town.project(department, PRIMARY, programme=KEY)
    unit = town.unit(department)
    unit.user.follow(department.user)
    application = town.reported(unit.user, project)
    officer = department.user
    officer.follow(unit.user)
    done(officer.call("GET", "review", f"/v1/cases/{application}"))
    path, ids = "/v1/applications/publicity-sheet", {"ids": [application]}
    sheet = until(lambda: done(officer.call("POST", "applications", path, ids))["sheet"], what="at the department")
    body = {"title": "关于职称评审结果的公示", "sheet": sheet}
    notice = done(officer.call("POST", "review", "/v1/publicities", body))
    return Notice(officer, notice["publicity_id"], application, notice)
