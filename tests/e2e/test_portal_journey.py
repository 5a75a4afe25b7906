"""The whole job in a real browser; its screenshots are kept in build/screenshots to be looked at."""

import io
from pathlib import Path

import pypdf
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from shenbao_common.testing.service import eventually
from shenbao_stack.browsing import Desk
from shenbao_stack.by_hand import fill_basic, fill_experience, fill_project, register_by_hand, upload_form
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import INTERMEDIATE, PRIMARY, Town
from shenbao_stack.stack import Stack
from shenbao_stack.world import World

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def work(variant: str, page: str) -> str:
    return f"/declare/{PROGRAMME}/{variant}/{page}"


def shot(page: Page, name: str) -> None:
    """Kept for looking at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"journey-{name}.png", full_page=True)


def _report(page: Page, variant: str, *, again: bool = False) -> None:
    """What was returned is ticked when one comes from its line."""
    page.goto(work(variant, "returned" if again else "report"))
    if again:
        page.get_by_role("link", name="重新上报").click()
    else:
        page.locator("[data-tick]").first.check()
    page.get_by_role("button", name="上报").click()
    page.fill("#operator_name", "赵六")
    page.fill("#operator_phone", "0571-88888888")
    shot(page, f"06-report{again:d}")
    page.get_by_role("button", name="确认上报").click()
    expect(page.locator(".note-success")).to_contain_text("已上报 1 份材料")


def _decide(page: Page, button: str, opinion: str = "", *, reference: str = "") -> None:
    row = page.locator("table.rows tbody tr", has_text=reference).locator("a.btn")
    # Another person's act: it arrives with the event, so the officer looks again until it is there.
    eventually(lambda: page.goto("/office/cases") and row.count())
    row.first.click()
    if opinion:
        page.fill("#opinion", opinion)
    shot(page, f"07-decide-{len(opinion)}")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".note-success")).to_be_visible()


def test_an_office_without_a_committee_publishes_a_project_by_hand(desk: Desk, town: Town) -> None:
    page, name = desk(town.department().user), "初级职称初定（手工发布）"
    page.goto("/office/projects/new")
    expect(page.get_by_label("评委会", exact=True)).to_have_count(0)
    fill_project(page, f"{PROGRAMME}/{PRIMARY}", name)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()


def test_the_job_from_registration_to_the_printed_form_is_done_by_hand(
    desk: Desk, stack: Stack, world: World, town: Town
) -> None:
    variant, office = INTERMEDIATE, town.department()
    project = town.project(town.bureau, variant)
    page, department, bureau = desk(), desk(office.user), desk(town.bureau.user)
    register_by_hand(page, stack, office.name, f"journey{world.serial()}")
    shot(page, "04-home")
    page.goto(f"/materials/new?project={project['id']}")
    fill_basic(page)
    fill_experience(page)
    upload_form(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("可以上报")
    shot(page, "05-material")
    _report(page, variant)
    _decide(department, "退回修改", "学历证书不清晰")
    page.goto(work(variant, "returned"))
    expect(page.locator("table.rows")).to_contain_text(office.name)
    page.get_by_role("link", name="进入修改").click()
    expect(page.locator(".note-warning").first).to_contain_text("学历证书不清晰")
    page.get_by_role("tab", name="学历与业绩").click()
    page.fill("#experience-education-0-school", "浙江工业大学")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("重新上报")
    _report(page, variant, again=True)
    _decide(department, "通过")
    page.goto(work(variant, "tracking"))
    expect(page.locator("table.rows")).to_contain_text(town.bureau.name)
    expect(page.locator("table.rows")).to_contain_text("审核中")
    shot(page, "08-tracking")
    # The bureau has cases of other units too.
    _decide(bureau, "通过", reference=page.locator("table.rows tbody th").first.inner_text())
    _look_at_the_end(page, variant)


def _look_at_the_end(page: Page, variant: str) -> None:
    page.goto(work(variant, "print"))
    shot(page, "09-print")
    address = page.locator("a[href*='/forms/']").first.get_attribute("href")
    printed = page.request.get(str(address))
    assert printed.headers["content-type"] == "application/pdf"
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(printed.body())).pages)
    assert "张三" in text
    assert "浙江工业大学" in text
    assert "未上报" not in text
    with page.expect_download() as download:
        page.get_by_role("link", name="导出汇总表").click()
    book = CalamineWorkbook.from_path(str(download.value.path()))
    rows = book.get_sheet_by_index(0).to_python()
    assert any("张三" in row for row in rows)
