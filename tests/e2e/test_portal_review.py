"""The pages of those who review, in a real browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_common.testing.service import eventually
from shenbao_stack import job
from shenbao_stack.browsing import PHONE, Desk
from shenbao_stack.client import User
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.world import Office, Unit, done

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def shot(page: Page, name: str) -> None:
    """Kept for looking at, on a desktop and on a phone."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    desktop = page.viewport_size
    page.screenshot(path=SHOTS / f"review-{name}-1280.png", full_page=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.screenshot(path=SHOTS / f"review-{name}-375.png", full_page=True)
    page.set_viewport_size(desktop)  # type: ignore[arg-type]


@pytest.fixture
def department(town: Town) -> Office:
    return town.department()


@pytest.fixture
def project(town: Town, department: Office) -> dict[str, Any]:
    return town.project(department, PRIMARY)


@pytest.fixture
def unit(town: Town, department: Office, project: dict[str, Any]) -> Unit:
    registered = town.unit(department)
    registered.user.follow(department.user)
    assert project["id"]
    return registered


def opened(page: Page, path: str) -> bool:
    """Another person's act arrives with its event, so that a page may be asked for too early."""
    answer = page.goto(path)
    return answer is not None and answer.ok


def told(what: str) -> re.Pattern[str]:
    """By whom by name, and when."""
    return re.compile(rf"此材料已由(?!同部门).+于 20\d\d.+ {what}")


def return_by_hand(officer: Page, material: str) -> None:
    """Lists the mobile number and the evaluation form, the latter first without its reason."""
    eventually(lambda: opened(officer, f"/office/cases/{material}?claimed=nobody"))
    conditions = officer.locator("section", has=officer.get_by_role("heading", name="申报条件")).locator("li")
    assert conditions.count() > 0
    for line in conditions.all():
        expect(line).to_contain_text(re.compile("符合|不符合|需要进一步证明"))
    looked_at(officer, "review-case", languages=("en", "zh"))
    education = officer.get_by_role("region", name="最高学历")
    assert education.evaluate("frame => frame.scrollWidth <= frame.clientWidth"), "columns are cut off"
    officer.get_by_text("逐项退回（一次性告知）").click()
    officer.select_option("#items-0-item", label="基本信息 · 手机号码")
    officer.fill("#items-0-reason", "号码已停用")
    officer.get_by_role("button", name="添加一项").click()
    officer.select_option("#items-1-item", label="评审表 · 评审表")
    officer.get_by_role("button", name="退回修改").click()
    expect(officer.locator("#items-1-reason-error")).to_contain_text("此项必填")
    officer.fill("#items-1-reason", "第二页缺章")
    shot(officer, "itemised-return")
    officer.get_by_role("button", name="退回修改").click()
    expect(officer.locator(".note-success")).to_contain_text("已退回")
    expect(officer).to_have_url(re.compile("claimed=nobody"))  # the queue as it was narrowed


def correct_by_hand(page: Page, material: str) -> None:
    """Sees what is wanted, finds the rest locked, changes the mobile number."""
    page.goto(f"/materials/{material}")
    told = page.locator(".note-warning").first
    expect(told).to_contain_text("基本信息 · 手机号码：号码已停用")
    expect(told).to_contain_text("评审表 · 评审表：第二页缺章")
    expect(page.locator("#basic-email")).to_have_attribute("readonly", "")
    expect(page.locator("#basic-sex")).to_be_disabled()
    expect(page.locator("#basic-mobile")).to_be_editable()
    page.fill("#basic-mobile", "13900000001")
    shot(page, "itemised-correction")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("重新上报")


@pytest.mark.req("B-02")
def test_an_itemised_return_is_corrected_and_compared_by_hand(
    desk: Desk, town: Town, department: Office, project: dict[str, Any], unit: Unit
) -> None:
    material = town.reported(unit.user, project)
    before = job.shown(unit.user, material)["sections"]["basic"]["mobile"]
    department.user.follow(unit.user)
    officer = desk(department.user)
    return_by_hand(officer, material)
    eventually(lambda: job.shown(unit.user, material)["status"] == "returned")
    correct_by_hand(desk(unit.user), material)
    refused = job.save(unit.user, material, {"basic": {"email": "other@example.cn"}}, method="PATCH")
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (409, "sections.basic.email")

    job.report(unit.user, [material]).raise_for_status()
    rows = officer.get_by_role("region", name="本次修改的内容").locator("tbody tr")
    eventually(lambda: officer.goto(f"/office/cases/{material}") and rows.count() == 1)
    expect(rows.first).to_have_text(re.compile(rf"手机号码\s*{before}\s*13900000001"))
    shot(officer, "comparison")


@pytest.mark.req("B-09")
def test_officers_of_an_office_share_its_queue_by_hand(
    desk: Desk, town: Town, department: Office, project: dict[str, Any], unit: Unit
) -> None:
    material = town.reported(unit.user, project)
    colleague = town.world.new_officer(department.id, ("review.decide", "review.return"))
    x, y = desk(colleague), desk(department.user)
    eventually(lambda: opened(x, f"/office/cases/{material}"))
    y.goto("/office/cases")
    expect(y.locator("table.rows")).to_contain_text("未读")
    x.get_by_role("button", name="认领").click()
    expect(x.locator(".note-success")).to_contain_text("已认领")
    y.goto("/office/cases")
    expect(y.locator("table.rows")).to_contain_text("他人已认领")
    y.goto(f"/office/cases/{material}")
    expect(y.get_by_role("button", name="通过")).to_have_count(0)
    shot(y, "case-claimed")
    y.get_by_role("button", name="收回并放回").click()
    x.goto(f"/office/cases/{material}")
    late = x.context.new_page()
    late.goto(f"/office/cases/{material}")
    ticking = _ticked(x.context.new_page(), material)
    y.get_by_role("button", name="认领").click()
    expect(y.locator(".note-success")).to_contain_text("已认领")
    x.get_by_role("button", name="认领").click()
    expect(x.locator(".note-danger")).to_contain_text(told("认领"))
    expect(x.get_by_role("button", name="通过")).to_have_count(0)
    y.get_by_role("button", name="通过").click()
    expect(y.locator(".note-success")).to_contain_text("审核意见已提交")
    late.get_by_role("button", name="通过").click()
    expect(late.locator(".note-danger")).to_contain_text(told("处理"))
    shot(late, "decided-by-colleague")
    _too_late_for_many(ticking, colleague, material)


def _ticked(page: Page, material: str) -> Page:
    page.goto("/office/cases")
    page.locator(f"[data-tick][value='{material}']").check()
    return page


def _too_late_for_many(page: Page, officer: User, material: str) -> None:
    """Who decides several at once reads by whom one of them was decided before."""
    page.get_by_role("button", name="批量通过").click()
    expect(page.locator(".note-warning").last).to_contain_text(told("处理"))
    again = {"ids": [material], "action": "pass"}
    batch = done(officer.call("POST", "review", "/v1/batches", again))["batch_id"]
    page.goto(f"/office/batches/{batch}")
    expect(page.locator("table.rows tbody tr")).to_contain_text(told("处理"))
    shot(page, "batch-decided-by-colleague")


@pytest.mark.req("B-07")
def test_everything_that_waits_is_decided_and_watched_by_hand(
    desk: Desk, town: Town, department: Office, project: dict[str, Any], unit: Unit
) -> None:
    for _ in range(3):
        town.reported(unit.user, project)
    officer = desk(department.user)
    tab = officer.get_by_role("navigation", name="材料分类").locator("a[aria-current]")
    eventually(lambda: opened(officer, "/office/cases") and "3" in tab.inner_text())
    officer.get_by_role("button", name="全部处理").click()
    shot(officer, "decide-all")
    officer.get_by_role("button", name="全部通过").click()
    expect(officer.get_by_role("status").first).to_contain_text("已处理 3 份")
    expect(officer.get_by_text("已完成")).to_be_visible()
    expect(officer.locator("table.rows tbody tr")).to_have_count(3)
    shot(officer, "batch")
    officer.goto("/office/batches")
    expect(officer.locator("table.rows tbody tr")).to_have_count(1)
    shot(officer, "batches")


@pytest.mark.req("B-03")
def test_the_route_of_a_draft_is_on_its_page(
    desk: Desk, town: Town, department: Office, project: dict[str, Any], unit: Unit
) -> None:
    page = desk(unit.user)
    page.goto(f"/materials/{town.ready(unit.user, project)}")
    way = page.locator("section.sheet", has_text="上报后的审核路线")
    expect(way).to_contain_text(department.name)
    shot(page, "route")
    reported = town.reported(unit.user, project)
    eventually(lambda: opened(page, f"/materials/{reported}") and page.get_by_text("开始时间").count() == 1)
