"""One level reports up to the next in a package, in the browser (S4a-07)."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_common.testing.service import eventually
from shenbao_stack import job
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.town import INTERMEDIATE, PRIMARY, Town
from shenbao_stack.looking import looked_at

BOTH = ("en", "zh")
TITLE = "2026年第一批中级材料"


def send_by_hand(officer: Page, name: str) -> None:
    """First with a material that nobody above decides: then nothing goes up, and its row says why."""
    ticks = officer.locator("[data-tick]")
    eventually(lambda: officer.goto("/office/packages/new") and ticks.count() == 4)
    looked_at(officer, "packages-new", languages=BOTH)
    officer.get_by_label("全选本页").check()
    officer.get_by_label("审核汇总意见").fill("审核汇总：符合条件")
    officer.get_by_role("button", name="汇总上报").click()
    expect(officer.locator("#title-error")).to_contain_text("此项必填")
    officer.get_by_label("批次名称").fill(TITLE)
    officer.get_by_role("button", name="汇总上报").click()
    wrong = officer.locator("tbody tr", has_text="该材料没有上级审核部门")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text(name)
    expect(officer.get_by_label("批次名称")).to_have_value(TITLE)
    looked_at(officer, "packages-refused")
    wrong.locator("[data-tick]").uncheck()
    officer.get_by_role("button", name="汇总上报").click()
    expect(officer.locator(".note-success")).to_contain_text("已汇总上报 3 份材料")
    expect(officer.get_by_text("报送 3 份，接收 0 份，退出 0 份")).to_be_visible()


def receive_by_hand(bureau: Page) -> None:
    eventually(lambda: bureau.goto("/office/packages") and bureau.get_by_role("link", name=TITLE).count() == 1)
    looked_at(bureau, "packages-received", languages=BOTH)
    bureau.get_by_role("link", name=TITLE).click()
    bureau.get_by_role("button", name="接收").click()
    expect(bureau.locator(".note-success")).to_contain_text("已接收")
    expect(bureau.get_by_text("报送 3 份，接收 3 份，退出 0 份")).to_be_visible()
    expect(bureau.get_by_role("button", name="接收")).to_have_count(0)


def shows_one_left(page: Page) -> bool:
    page.reload()
    return page.get_by_text("退出 1 份").count() == 1


@pytest.mark.req("S4a-07")
def test_a_package_goes_up_is_received_and_shows_what_left_it_by_hand(desk: Desk, town: Town) -> None:
    # A bureau of its own: others' packages are not in its list.
    bureau = town.world.new_office("city_hr_bureau")
    department = town.world.new_office("first_level_department", bureau)
    unit = town.unit(department)
    upward: dict[str, Any] = town.project(bureau, INTERMEDIATE)
    final: dict[str, Any] = town.project(department, PRIMARY)
    for publisher in (bureau.user, department.user):
        unit.user.follow(publisher)
    ids = [town.reported(unit.user, upward, person_name=f"李{n}") for n in "一二三"]
    town.reported(unit.user, final, person_name="王五")
    officer, above = desk(department.user), desk(bureau.user)

    send_by_hand(officer, "王五")
    receive_by_hand(above)
    bureau.user.follow(unit.user)
    job.decide(bureau.user, ids[1], "return", "缺少业绩证明", after=unit.user).raise_for_status()

    for page in (officer, above):
        eventually(partial(shows_one_left, page))
        expect(page.locator("tbody tr", has_text="李二")).to_contain_text("缺少业绩证明")
        looked_at(page, f"packages-left-{'sent' if page is officer else 'received'}", languages=BOTH)
    officer.goto("/office/packages?box=sent")
    expect(officer.locator("tbody tr", has_text=TITLE)).to_contain_text("已接收")
