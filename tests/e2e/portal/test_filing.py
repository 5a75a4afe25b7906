"""A person keeps a recognition valid by hand in the browser; the unit reports it, the bureau decides."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import DESKTOP, PHONE, Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.world import Unit, done, settled

ROOT = Path(__file__).parents[3]
PROGRAMME = "talent_recognition_filing"
A, B = ("张三", "330000199001010014"), ("李四", "330000198506150026")
FORM = {
    "sex": "male",
    "mobile": "13800000000",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江磐安",
    "political_status": "league_member",
    "city_work_start_date": "2012-07-01",
    "industry_category": "equipment",
    "employment_state": "employed",
    "unit_category": "enterprise",
    "admin_post": "无",
    "profession": "电焊",
    "highest_education": "technical",
    "education_major": "电焊、冷作",
    "graduation_school": "杭州西子机电技术学校",
    "graduation_date": "2004-07-06",
    "highest_degree": "none",
    "title_level": "none",
    "title_name": "none",
    "declared_condition": "d_provincial_second",
}
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SHOTS = ROOT / "build" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIOLATIONS = """rules => axe.run(document, {runOnly: rules}).then(result => result.violations.map(
  found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(' | ')))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def unit(town: Town) -> Unit:
    """The unit through which both were recognised; two projects are open."""
    done(town.world.publish_programme(ROOT / "programmes" / PROGRAMME))
    unit = town.unit(town.department())
    for name in ("第一批人才认定备案", "第二批人才认定备案"):
        town.project(town.bureau, "recognition_filing", programme=PROGRAMME, name=name)
    day = office_day(now()) - timedelta(days=715)
    items = [
        {"name": name, "id_type": "id_card", "id_number": number, "category": "d", "recognised_on": str(day)}
        | {"unit_id": unit.id, "sections": {"filing_form": FORM}}
        for name, number in (A, B)
    ]
    done(
        town.bureau.user.call(
            "POST", "applications", "/v1/recognitions", {"register": "talent_recognition", "items": items}
        )
    )
    settled(town.bureau.user, "applications", "documents", "review")
    return unit


def looked_at(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(AXE)
        assert page.evaluate(VIOLATIONS, RULES) == [], name
        assert page.evaluate(SIDEWAYS) <= 0, name
        page.screenshot(path=SHOTS / f"filing-{name}-{size['width']}.png", full_page=True)


def enter(page: Page, name: str) -> None:
    page.goto("/sign-in?go=1&entry=person")
    page.get_by_role("link", name="省统一身份认证").click()
    page.locator("form", has_text=name).locator("button").first.click()
    page.wait_for_url("**/person**")


def add(page: Page, project: str) -> str:
    """Opens the module by its entry in the menu, and adds a filing; answers its id."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="人才认定备案").click()
    page.get_by_role("button", name="增加备案申请").click()
    page.locator("dialog[open]").get_by_role("button", name=project).click()
    expect(page.get_by_role("heading", level=1, name="人才认定备案申请表")).to_be_visible()
    return page.url.split("/")[-2]


def paper(name: str) -> FilePayload:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": job.pdf(700)}


def test_a_person_files_by_hand_the_unit_reports_and_the_bureau_returns_it(desk: Desk, town: Town, unit: Unit) -> None:
    other = desk()
    enter(other, "李四")
    add(other, "第一批")
    page = desk()
    enter(page, "张三")
    add(page, "第一批")
    filing = add(page, "第二批")
    looked_at(page, "form")
    _fill_in(page)
    _hand_in(page)
    page.get_by_role("button", name="保存材料").click()
    expect(page.locator("main")).to_contain_text("请联系所属企业进行提交")
    looked_at(page, "list")
    _report(desk(unit.user), filing)


def _fill_in(page: Page) -> None:
    form = page.locator("form[data-material]")
    expect(page.locator("main")).to_contain_text("你好, *三 [个人账号]")
    expect(page.locator("#filing_form-id_number")).to_have_text("3*****4")
    mobile = page.get_by_label("手机")
    expect(mobile).to_have_value("13800000000")
    mobile.fill("13900000000")
    page.get_by_role("button", name="重置表单").click()
    expect(mobile).to_have_value("13800000000")
    for key in ("contract_changed", "vocational_changed"):
        form.locator(f"#filing_form-{key}").select_option("no")
    page.get_by_label("请输入单位名称关键字").fill("不存在")
    expect(form).to_contain_text("请联系单位管理员登记")
    looked_at(page, "no-unit")
    page.get_by_role("button", name="保存信息").click()
    expect(page.get_by_role("heading", level=1, name="佐证材料")).to_be_visible()


def _hand_in(page: Page) -> None:
    expect(page.locator(".paper-state", has_text="暂未上传")).to_have_count(8)
    looked_at(page, "materials")
    for key in ("filing_form_signed", "social_insurance_certificate"):
        line = page.locator(f"#materials-{key}")
        line.locator("input[type=file]").set_input_files(paper(key))
        line.get_by_role("button", name="上传").click()
        expect(line).to_contain_text("已上传")
    looked_at(page, "materials-uploaded")


def _report(page: Page, filing: str) -> None:
    page.get_by_role("link", name=re.compile("上报材料$")).last.click()
    looked_at(page, "unit-list")
    page.locator(f"input[value='{filing}']").check()
    page.get_by_role("button", name="上报").first.click()
    looked_at(page, "unit-dialog")
    for box in page.locator("dialog[open] [name=confirmed]").all():
        box.check()
    page.get_by_role("button", name="确认上报").click()
    expect(page.locator("main")).to_contain_text("已上报 1 份材料")
