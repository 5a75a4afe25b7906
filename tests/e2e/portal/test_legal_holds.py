"""In the browser: an office keeps a material from erasure until it, or an administrator, lifts that."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, done

REASON = "行政复议〔2026〕3号"
UNKNOWN = "没有找到该编号的已上报材料"


@dataclass
class Case:
    """A material that its department has received."""

    department: Office
    unit: Unit
    id: str
    reference: str


@pytest.fixture
def case(town: Town) -> Case:
    department = town.department()
    unit, project = town.unit(department), town.project(department)
    application = town.reported(unit.user, project)
    until(
        lambda: done(department.user.call("GET", "applications", "/v1/applications"))["items"],
        what="received by the department",
    )
    return Case(department, unit, application, job.shown(unit.user, application)["reference"])


def fill(page: Page, reference: str, reason: str) -> None:
    page.get_by_label("编号").fill(reference)
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="设置", exact=True).click()


def test_an_office_of_the_route_sets_a_hold_and_an_administrator_lifts_it(desk: Desk, town: Town, case: Case) -> None:
    page = desk(case.department.user)
    page.goto("/home")
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="暂缓销毁").click()
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page.locator(".field-error")).to_have_count(2)
    fill(page, "2000-999999", REASON)
    expect(page.locator(".field-error")).to_contain_text(UNKNOWN)
    fill(page, case.reference, REASON)
    expect(page.get_by_text("已设置，解除之前不会销毁该材料。")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=case.reference)).to_contain_text(REASON)
    looked_at(page, "legal-holds", languages=("en", "zh"))

    user = town.world.admin()
    admin = desk(user, password=user.password)
    admin.goto("/legal-holds")
    row = admin.get_by_role("row").filter(has_text=case.reference)
    expect(row).to_contain_text(REASON)
    looked_at(admin, "legal-holds-admin")
    row.get_by_role("button", name="解除").click()
    admin.locator("dialog[open]").get_by_role("button", name="确认解除").click()
    expect(admin.get_by_text("已解除，该材料按保存期限办理。")).to_be_visible()
    expect(row).to_have_count(0)


def test_strangers_neither_see_nor_set_a_hold(desk: Desk, town: Town, case: Case) -> None:
    path = f"/v1/legal-holds/{case.id}"
    # Documents hears of the route by itself.
    until(
        lambda: case.department.user.call("PUT", "documents", path, json={"reason": REASON}).status_code == 200,
        what="held",
    )
    page = desk(town.department().user)
    page.goto("/legal-holds")
    expect(page.get_by_text("没有暂缓销毁的材料")).to_be_visible()
    fill(page, case.reference, "无关")
    expect(page.locator(".field-error")).to_contain_text(UNKNOWN)
    owner = desk(case.unit.user)
    assert getattr(owner.goto("/legal-holds"), "status", 0) == 403
