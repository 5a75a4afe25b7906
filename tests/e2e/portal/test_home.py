"""The unit's first page."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.looking import looked_at
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


def test_what_is_outside_its_period_stands_apart_unless_something_is_left_to_do(desk: Desk, town: Town) -> None:
    department = town.department()
    year = office_day(now()).year
    over: dict[str, Any] = {"year": year - 1, "opens_on": f"{year - 1}-03-01", "closes_on": f"{year - 1}-06-29"}
    town.project(department, name="去年的项目", **over)
    town.project(department, name="今年的项目")
    unit = town.unit(department)
    unit.user.follow(department.user)
    page = desk(unit.user)
    page.goto("/home")

    rows = page.get_by_role("row")
    expect(rows.filter(has_text="今年的项目")).to_contain_text(f"{year}-01-01 至 {year + 1}-12-31")
    expect(rows.filter(has_text="去年的项目")).to_have_count(0)
    page.get_by_text("不在申报期的项目（1）").click()
    expect(rows.filter(has_text="去年的项目")).to_contain_text(f"{year - 1}-03-01 至 {year - 1}-06-29")
    looked_at(page, "home-unit", languages=("en", "zh"))


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
