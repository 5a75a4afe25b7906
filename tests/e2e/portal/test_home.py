"""The unit's first page."""

import pytest
from playwright.sync_api import Page

from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.world import done


def numbers(page: Page, project: str) -> list[str]:
    """To report, returned."""
    page.goto("/home")
    return page.get_by_role("row").filter(has_text=project).locator(".count").all_inner_texts()


@pytest.mark.req("S4g-08")
def test_the_home_page_shows_how_many_are_to_report_and_returned(desk: Desk, town: Town) -> None:
    department = town.department()
    project = town.project(department, name="项目P")
    unit = town.unit(department)
    ready = [town.ready(unit.user, project) for _ in range(3)]
    returned = town.reported(unit.user, project)
    done(job.decide(department.user, returned, "return", "学历证书不清晰", after=unit.user))
    page = desk(unit.user)

    assert numbers(page, "项目P") == ["3", "1"]

    done(job.report(unit.user, ready[:1]))

    assert numbers(page, "项目P") == ["2", "1"]


@pytest.mark.req("S4g-08")
def test_a_number_opens_a_list_of_as_many(desk: Desk, town: Town) -> None:
    department = town.department()
    town.project(town.bureau, INTERMEDIATE, name=f"中级{town.world.serial()}")
    project = town.project(town.bureau, INTERMEDIATE, name=f"中级{town.world.serial()}")
    unit = town.unit(department)
    unit.user.follow(town.bureau.user)
    for _ in range(2):
        town.ready(unit.user, project)
    page = desk(unit.user)
    page.goto("/home")

    page.get_by_role("row").filter(has_text=project["name"]).locator("a.count").first.click()

    assert page.locator("main tbody tr").count() == 2
