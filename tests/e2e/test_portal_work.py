"""The unit's and the office's pages, in a real browser."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from shenbao_common.testing.service import eventually
from shenbao_stack.browsing import Desk, image_code
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Office, Unit, World, done

PROGRAMME = "title_initial_determination"
ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
SPECIALTIES = [f"专业{number:02}" for number in range(1, 13)]
VARIANTS = {
    "determination_primary": "初定初级",
    "determination_intermediate": "初定中级",
    "recognition_primary": "认定初级",
}
FIVE = ["填写材料", "上报材料", "打印相关表格", "被退回的材料", "上报材料跟踪"]


@dataclass(frozen=True)
class Place:
    """A bureau, a department below it, and a project of each kind."""

    bureau: Office
    department: Office
    projects: dict[str, dict[str, Any]]


@pytest.fixture
def place(world: World) -> Place:
    done(world.publish_programme(ROOT / "programmes" / PROGRAMME))
    bureau = world.new_office("city_hr_bureau", name=f"市人社局{world.serial()}")
    department = world.new_office("first_level_department", bureau, name=f"市教育局{world.serial()}")
    by_variant = {variant: bureau if "intermediate" in variant else department for variant in VARIANTS}
    return Place(bureau, department, {v: _publish(office, v, world.serial()) for v, office in by_variant.items()})


@pytest.fixture
def unit(world: World, place: Place) -> Unit:
    return world.register_unit(place.department)


def _publish(office: Office, variant: str, serial: int) -> dict[str, Any]:
    project = {
        "programme": PROGRAMME,
        "variant": variant,
        "name": f"{VARIANTS[variant]}项目{serial}",
        "year": 2026,
        "opens_on": "2026-01-01",
        "closes_on": "2099-12-31",
        "specialties": SPECIALTIES,
        "scope_text": "本市教育系统所属单位",
        "notice_title": f"关于项目{serial}的通知",
        "notice_body": "一、申报条件\n二、申报材料",
    }
    made: dict[str, Any] = done(office.user.call("POST", "applications", "/v1/projects", project))
    return made


def work(variant: str, page: str) -> str:
    return f"/work/{PROGRAMME}/{variant}/{page}"


def paper(pages: int = 1) -> dict[str, Any]:
    """A real PDF for the file chooser."""
    writer, body = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(body)
    return {"name": "评审表.pdf", "mimeType": "application/pdf", "buffer": body.getvalue()}


def shot(page: Page, name: str) -> None:
    """Kept for looking at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"journey-{name}.png", full_page=True)


@pytest.mark.req("S4g-09")
def test_each_kind_has_the_same_five_pages_and_lists_only_its_own_projects(
    desk: Desk, place: Place, unit: Unit
) -> None:
    page = desk(unit.user)
    for variant, name in VARIANTS.items():
        page.goto("/home")
        group = page.locator("nav#menu details", has=page.locator("summary", has_text=name))
        assert [link.inner_text() or link.text_content() for link in group.locator("a").all()] == FIVE or [
            (link.text_content() or "").strip() for link in group.locator("a").all()
        ] == FIVE
        for each in ("fill", "report", "print", "returned", "tracking"):
            answer = page.goto(work(variant, each))
            assert answer is not None
            assert answer.status == 200
        page.goto(work(variant, "fill"))
        listed = page.locator("table.rows tbody th").all_inner_texts()
        assert len(listed) == 1
        assert place.projects[variant]["name"] in listed[0]


@pytest.mark.req("S4g-10")
def test_the_mark_shows_all_specialties_by_hover_and_by_focus_and_the_link_opens_the_notice(
    desk: Desk, place: Place, unit: Unit
) -> None:
    project = place.projects["determination_primary"]
    page = desk(unit.user)
    page.goto(work("determination_primary", "fill"))
    mark = page.get_by_role("button", name="受理专业")
    hint = page.locator(f"#{mark.get_attribute('aria-describedby')}")
    mark.hover()
    expect(hint).to_be_visible()
    assert hint.inner_text().split() == SPECIALTIES
    page.mouse.move(0, 0)
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    mark.focus()
    expect(hint).to_be_visible()
    page.get_by_role("link", name="相关要求").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(project["notice_title"])
    expect(page.locator(".notice-text")).to_contain_text("一、申报条件")


def _fill_basic(page: Page, name: str = "张三", number: str = "330000199001010014") -> None:
    texts = {
        "person_name": name,
        "id_number": number,
        "birth_date": "1990-01-01",
        "birthplace": "浙江杭州",
        "mobile": "13800000000",
        "email": "zhangsan@example.cn",
        "declared_title": "工程技术-助理工程师",
        "current_specialty": "计算机-软件工程",
        "specialty_years": "5",
    }
    for key, value in texts.items():
        page.fill(f"#basic-{key}", value)
    choices = {"sex": "男", "id_type": "居民身份证", "ethnicity": "汉族", "political_status": "群众", "health": "健康"}
    for key, label in choices.items():
        page.select_option(f"#basic-{key}", label=label)


def _fill_experience(page: Page) -> None:
    page.get_by_role("tab", name="学历与业绩").click()
    row = "#experience-education-0"
    page.fill(f"{row}-ended_on", "2012-06")
    page.select_option(f"{row}-completion", label="毕业")
    page.fill(f"{row}-school", "浙江大学")
    page.fill(f"{row}-major", "软件工程")
    page.select_option(f"{row}-degree", label="本科（学士）")
    page.fill("#experience-achievements", "参与完成三个信息系统项目。")


def _upload_form(page: Page) -> None:
    page.get_by_role("tab", name="评审表").click()
    page.set_input_files("#evaluation_form-evaluation_form_file", paper())
    expect(page.locator(".file-now")).to_contain_text("评审表.pdf")


@pytest.mark.req("S4g-13")
def test_one_save_stores_all_four_tabs(desk: Desk, place: Place, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto(f"/materials/new?project={place.projects['determination_primary']['id']}")
    _fill_basic(page)
    _fill_experience(page)
    _upload_form(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("可以上报")
    page.get_by_role("tab", name="附件").click()
    page.set_input_files("#attachments-attachment_files", paper(2) | {"name": "获奖证书.pdf"})
    expect(page.locator(".files")).to_contain_text("获奖证书.pdf")
    page.get_by_role("tab", name="基本信息").click()
    page.fill("#basic-mobile", "13900000000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_be_visible()
    page.reload()
    assert page.input_value("#basic-mobile") == "13900000000"
    assert page.input_value("#experience-education-0-school") == "浙江大学"
    assert "评审表.pdf" in page.locator("#panel-evaluation_form").inner_text() or (
        "评审表.pdf" in (page.locator("#panel-evaluation_form").text_content() or "")
    )
    assert "获奖证书.pdf" in (page.locator("#panel-attachments").text_content() or "")


@pytest.mark.req("S4g-13")
def test_with_a_required_item_empty_the_first_faulty_tab_opens_and_nothing_is_lost(
    desk: Desk, place: Place, unit: Unit
) -> None:
    page = desk(unit.user)
    page.goto(f"/materials/new?project={place.projects['determination_primary']['id']}")
    _fill_basic(page)
    page.get_by_role("tab", name="学历与业绩").click()
    page.fill("#experience-special_skills", "书法")
    page.get_by_role("tab", name="基本信息").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("tab", name="学历与业绩")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-summary]")).to_contain_text("主要工作成绩及奖惩情况")
    assert page.input_value("#experience-special_skills") == "书法"
    assert page.input_value("#basic-person_name") == "张三"
    page.get_by_role("tab", name="基本信息").click()
    page.fill("#basic-mobile", "138")
    page.fill("#basic-birthplace", "绍兴")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("tab", name="基本信息")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#basic-mobile-error")).to_be_visible()
    assert page.input_value("#basic-birthplace") == "绍兴"


def _register(page: Page, stack: Stack, department: Office, username: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="单位注册").first.click()
    page.fill("#code", "000000019")
    page.fill("#legal_representative", "王建国")
    shot(page, "01-register")
    page.get_by_role("button", name="提交").click()
    assert page.input_value("#unit_name") == "示例科技有限公司"
    page.get_by_label(department.name).check()
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.fill("#image_code", image_code(page, stack))
    shot(page, "02-unit")
    page.get_by_role("button", name="注册", exact=True).click()
    shot(page, "03-registered")
    page.locator("main").get_by_role("link", name="登录").click()
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=image_code]", image_code(page, stack))
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/home")


def _report(page: Page, variant: str, tab: str = "") -> None:
    page.goto(work(variant, "report") + tab)
    page.locator("[data-tick]").first.check()
    page.get_by_role("button", name="上报").click()
    page.fill("#operator_name", "赵六")
    page.fill("#operator_phone", "0571-88888888")
    shot(page, f"06-report{len(tab)}")
    page.get_by_role("button", name="确认上报").click()
    expect(page.locator(".note-success")).to_contain_text("已上报 1 份材料")


def _decide(page: Page, button: str, opinion: str = "") -> None:
    row = page.locator("table.rows tbody a.btn")
    # Another person's act: it arrives with the event, so the officer looks again until it is there.
    eventually(lambda: page.goto("/office/cases") and row.count())
    row.first.click()
    if opinion:
        page.fill("#opinion", opinion)
    shot(page, f"07-decide-{len(opinion)}")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".note-success")).to_be_visible()


def test_the_job_from_registration_to_the_printed_form_is_done_by_hand(
    desk: Desk, stack: Stack, world: World, place: Place
) -> None:
    variant = "determination_intermediate"
    page, department, bureau = desk(), desk(place.department.user), desk(place.bureau.user)
    _register(page, stack, place.department, f"journey{world.serial()}")
    shot(page, "04-home")
    page.goto(f"/materials/new?project={place.projects[variant]['id']}")
    _fill_basic(page)
    _fill_experience(page)
    _upload_form(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("可以上报")
    shot(page, "05-material")
    _report(page, variant)
    _decide(department, "退回修改", "学历证书不清晰")
    page.goto(work(variant, "returned"))
    expect(page.locator("table.rows")).to_contain_text(place.department.name)
    page.get_by_role("link", name="进入修改").click()
    expect(page.locator(".note-warning").first).to_contain_text("学历证书不清晰")
    page.get_by_role("tab", name="学历与业绩").click()
    page.fill("#experience-education-0-school", "浙江工业大学")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("重新上报")
    _report(page, variant, "?tab=returned")
    _decide(department, "通过")
    page.goto(work(variant, "tracking"))
    expect(page.locator("table.rows")).to_contain_text(place.bureau.name)
    expect(page.locator("table.rows")).to_contain_text("审核中")
    shot(page, "08-tracking")
    _decide(bureau, "通过")
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


def test_a_unit_sees_nothing_of_the_offices_pages_and_back(desk: Desk, place: Place, unit: Unit, world: World) -> None:
    ask: Callable[[Page, str], int] = lambda page, path: page.request.get(path).status  # noqa: E731
    page = desk(unit.user)
    assert [ask(page, path) for path in ("/office/cases", "/office/projects", "/admin/accounts")] == [403, 403, 403]
    office = desk(place.department.user)
    assert [ask(office, path) for path in (work("recognition_primary", "fill"), "/unit/accounts")] == [403, 403]
    assert world.visitor() is not None
