"""The unit's and the office's pages, in a real browser."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk
from shenbao_stack.by_hand import fill_basic, fill_experience, paper, upload_form
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.world import Office, Unit, World

SPECIALTIES = [f"专业{number:02}" for number in range(1, 13)]
VARIANTS = {
    "determination_primary": "初定初级",
    "determination_intermediate": "初定中级",
    "recognition_primary": "认定初级",
}
FIVE = ["填写材料", "上报材料", "打印相关表格", "被退回的材料", "上报材料跟踪"]


@dataclass(frozen=True)
class Place:
    """A department and a project of each kind that its units see."""

    department: Office
    projects: dict[str, dict[str, Any]]


@pytest.fixture
def place(town: Town) -> Place:
    department = town.department()
    publishers = {v: town.bureau if v == INTERMEDIATE else department for v in VARIANTS}
    return Place(department, {v: _publish(town, office, v) for v, office in publishers.items()})


@pytest.fixture
def unit(town: Town, place: Place) -> Unit:
    registered = town.unit(place.department)
    for publisher in (place.department, town.bureau):
        registered.user.follow(publisher.user)
    return registered


def _publish(town: Town, office: Office, variant: str) -> dict[str, Any]:
    words = {
        "name": f"{VARIANTS[variant]}项目{town.world.serial()}",
        "specialties": SPECIALTIES,
        "scope_text": "本市教育系统所属单位",
        "notice_title": f"关于{VARIANTS[variant]}的通知",
        "notice_body": "一、申报条件\n二、申报材料",
    }
    return town.project(office, variant, **words)


def work(variant: str, page: str) -> str:
    return f"/declare/{PROGRAMME}/{variant}/{page}"


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
        shown = {v for v, project in place.projects.items() if any(project["name"] in line for line in listed)}
        assert shown == {variant}


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


@pytest.mark.req("S4g-13")
def test_one_save_stores_all_four_tabs(desk: Desk, place: Place, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto(f"/materials/new?project={place.projects['determination_primary']['id']}")
    fill_basic(page)
    fill_experience(page)
    upload_form(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_contain_text("可以上报")
    page.get_by_role("tab", name="附件").click()
    page.set_input_files("#attachments-attachment_files", paper("获奖证书.pdf"))
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
    fill_basic(page)
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


def test_a_draft_saves_itself_and_what_is_wrong_is_left_to_the_save_by_hand(
    desk: Desk, place: Place, unit: Unit
) -> None:
    page = desk(unit.user)
    page.goto(f"/materials/new?project={place.projects['determination_primary']['id']}")
    fill_basic(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("tab", name="学历与业绩")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="基本信息").click()
    said = page.locator("[data-autosaved]")
    page.fill("#basic-birthplace", "绍兴")
    page.locator("#basic-birthplace").blur()
    expect(said).to_contain_text("已自动保存")
    page.fill("#basic-mobile", "138")
    page.locator("#basic-mobile").blur()
    expect(said).to_contain_text("有内容不符合要求，尚未自动保存")
    page.fill("#basic-mobile", "13900000000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-warning").first).to_contain_text("已保存，还有")
    page.reload()
    assert (page.input_value("#basic-birthplace"), page.input_value("#basic-mobile")) == ("绍兴", "13900000000")


def test_a_unit_sees_nothing_of_the_offices_pages_and_back(desk: Desk, place: Place, unit: Unit, world: World) -> None:
    ask: Callable[[Page, str], int] = lambda page, path: page.request.get(path).status  # noqa: E731
    page = desk(unit.user)
    assert [ask(page, path) for path in ("/office/cases", "/office/projects", "/admin/accounts")] == [403, 403, 403]
    office = desk(place.department.user)
    assert [ask(office, path) for path in (work("recognition_primary", "fill"), "/unit/accounts")] == [403, 403]
    assert world.visitor() is not None
