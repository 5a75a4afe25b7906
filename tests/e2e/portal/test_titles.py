"""Titles by hand in the browser: the archive, the declaration, and what the unit examines, exports and decides."""

import re
import time
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_portal.session import COOKIE, Sealer
from shenbao_stack.browsing import DESKTOP, PHONE, Desk, sign_in
from shenbao_stack.client import User
from shenbao_stack.job import pdf
from shenbao_stack.looking import looked_at
from shenbao_stack.openid import Tokens, refresh
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD

REVIEW = "title_review"
PLAN = "关于2020年度高级建筑工程申报通知"
TITLE = "工程技术-建筑工程技术人员-高级工程师(副高级)"
DECLARATION = (
    "本单位声明：申报人员无违法乱纪、无重大工作失误，所报评审材料真实可靠，经审核属实。如有失实，愿承担相应责任。"
)
CATEGORIES = ("教育经历", "工作经历", "继续教育(培训)情况", "学术技术兼职情况", "获奖情况", "获得荣誉称号情况")


def cells(page: Page) -> list[str]:
    """The texts of the first row of the first table."""
    return [t.strip() for t in page.locator("tbody tr").first.locator("td:not(.rows-tick), th").all_inner_texts()]


@pytest.mark.req("S1-15", "S1-18", "S1-19", "S1-22", "S1-31", "S1-32", "S1-33", "S1-35", "S1-36")
def test_from_the_archive_to_the_decision_of_the_unit(desk: Desk, stack: Stack, titles: Any) -> None:
    zhang: User = titles.person("张三")
    person, officer = desk(), desk(titles.unit.user)
    sign_in(person, stack, zhang.username, PASSWORD, to="**/person**")
    _archive(person, officer)
    address = _declare(person)
    _examine(person, officer, address)
    _signs_out(officer, stack, titles.unit.user)


def _archive(person: Page, officer: Page) -> None:
    _record(person)
    expect(person.get_by_text("已保存，但没有提交：学位：此项必填")).to_be_visible()
    person.get_by_role("link", name="返回").click()
    person.locator("main tbody").get_by_role("button", name="删除").click()
    expect(person.get_by_text("这一类还没有记录")).to_be_visible()
    _record(person, degree="bachelor")
    expect(person.get_by_text("已提交，等待单位审核。")).to_be_visible()
    _sees_what_waits(officer)
    _verifies(officer)


def _record(person: Page, *, degree: str = "") -> None:
    person.goto("/archive/education/new")
    for key, value in {"degree_date": "2020-04-07", "degree_unit": "示例大学", "major": "建筑工程"}.items():
        person.locator(f"#record-{key}").fill(value)
    if degree:
        person.locator("#record-degree").select_option(degree)
    person.get_by_role("button", name="提交单位审核").click()


def _sees_what_waits(officer: Page) -> None:
    officer.goto("/home")
    expect(officer.get_by_text("您好，示例科技有限公司")).to_be_visible()
    expect(officer.get_by_text("当前共有 1 条业绩档案和 0 份职称申报申请待您审查。")).to_be_visible()
    menu = officer.get_by_role("navigation", name="主菜单")
    for name in ("用户中心", "业绩档案审核", "认定资格审查", "评审资格审查", "本单位基本信息"):
        expect(menu.get_by_role("link", name=name)).to_be_visible()
    officer.locator("main").get_by_role("link", name="业绩档案审核").click()
    side = officer.get_by_role("navigation", name="业绩档案类别")
    lines = [t.strip() for t in side.locator("li").all_inner_texts()]
    assert lines[0] == "1. 教育经历 (1)"
    assert lines[1:6] == [f"{n}. {name}" for n, name in enumerate(CATEGORIES[1:], 2)]
    assert lines[6] == "7. 主持参与科研项目(基金)情况"
    red, green, blue = map(int, re.findall(r"\d+", _colour(officer, "1. 教育经历 (1)"))[:3])
    assert red > 150 > max(green, blue)


def _colour(page: Page, name: str) -> str:
    return str(page.get_by_role("link", name=name).evaluate("link => getComputedStyle(link).color"))


def _verifies(officer: Page) -> None:
    side = officer.get_by_role("navigation", name="业绩档案类别")
    assert [c.split("\n")[0] for c in cells(officer)[1:]] == [
        "张三",
        "2020-04-07",
        "示例大学",
        "学士",
        "待审核",
        "查看",
    ]
    officer.get_by_role("button", name="张三", exact=True).click()
    box = officer.locator("dialog[open]")
    expect(box).to_contain_text("建筑工程")
    expect(box).to_contain_text("证件号码")
    box.get_by_role("button", name="关闭").last.click()
    expect(officer.locator("dialog[open]")).to_have_count(0)
    officer.get_by_role("button", name="张三", exact=True).click()
    looked_at(officer, "titles-record-dialog")
    officer.locator("dialog[open]").get_by_role("button", name="通过", exact=True).click()
    expect(officer.get_by_text("已处理 1 条记录")).to_be_visible()
    assert side.locator("li").first.inner_text().strip() == "1. 教育经历"
    officer.goto("/home")
    expect(officer.get_by_text("当前共有 0 条业绩档案和 0 份职称申报申请待您审查。")).to_be_visible()


def _declare(person: Page) -> str:
    """Everything that has to be filled in; answers where the application is."""
    person.goto(f"/declarations/programmes/{REVIEW}")
    person.locator("button", has_text="马上申报").first.click()
    person.locator("dialog[open]").get_by_role("link", name="马上申报").click()
    person.get_by_role("button", name="开始填写").click()
    person.get_by_role("heading", level=1, name="基本信息").wait_for()
    address = person.url.split("?")[0]
    chosen = {"declared_title": "engineering_construction_senior_engineer", "sex": "male", "id_type": "id_card"}
    for key, value in (chosen | {"ethnicity": "han", "political_status": "masses", "health": "healthy"}).items():
        person.locator(f"#basic-{key}").select_option(value)
    typed = {"current_specialty": "基础力学", "specialty_years": "5", "birthplace": "浙江省杭州市"}
    for key, value in (typed | {"email": "zhang@example.cn"}).items():
        person.locator(f"#basic-{key}").fill(value)
    looked_at(person, "titles-basic")
    person.get_by_role("button", name="保存").click()
    expect(person.get_by_role("heading", level=1, name="教育经历")).to_be_visible()
    looked_at(person, "titles-citations", languages=("en", "zh"))
    person.locator("[name=records]").first.check()
    person.get_by_role("button", name="保存并继续").click()
    expect(person.get_by_role("heading", level=1, name="工作经历")).to_be_visible()
    person.goto(f"{address}?step=summary")
    person.locator("#summary-text").fill("主持完成建筑工程设计两项。")
    person.get_by_role("button", name="保存").click()
    expect(person.get_by_role("heading", level=1, name="申报材料附件信息")).to_be_visible()
    _looks_through(person, address)
    _attach(person, address)
    return address


def _attach(person: Page, address: str) -> None:
    person.goto(f"{address}?step=declaration_materials")
    paper = FilePayload(name="学位证书.pdf", mimeType="application/pdf", buffer=pdf())
    person.locator("#declaration_materials-education_certificate").set_input_files(paper)
    expect(person.get_by_role("link", name="学位证书.pdf")).to_be_visible()
    looked_at(person, "titles-attachments")
    person.get_by_role("button", name="保存").click()
    expect(person.get_by_text("已保存")).to_be_visible()


def _without_its_paper(person: Page, officer: Page, address: str) -> None:
    """While it is corrected, the unit sees in its return record what the necessary material lacks (S1-33)."""
    person.goto(f"{address}?step=declaration_materials")
    person.get_by_role("button", name="移除").click()
    expect(person.get_by_role("button", name="移除")).to_have_count(0)
    officer.goto(f"/unit/examinations/{REVIEW}?tab=returned")
    _open(officer)
    expect(officer.get_by_role("heading", level=1)).to_have_text("张三-申报信息预览-退回")
    assert _materials(officer)[0] == ["1", "√", "材料2", "/"]
    _attach(person, address)


def _materials(officer: Page) -> list[list[str]]:
    """The rows of the section of materials."""
    section = officer.locator("section", has=officer.get_by_role("heading", name="18. 申报材料附件信息"))
    return [[t.strip() for t in r.locator("td, th").all_inner_texts()] for r in section.locator("tbody tr").all()]


def _looks_through(person: Page, address: str) -> None:
    """What the person has not handed in yet is seen in the preview."""
    person.goto(f"{address}?step=preview")
    looked_at(person, "titles-own-preview", languages=("en", "zh"))


def _submit(person: Page, address: str) -> None:
    person.goto(f"{address}?step=confirmation")
    check = person.get_by_role("button", name="开始检测")
    if check.count():
        check.click()
    person.get_by_role("button", name="提交").last.click()
    expect(person.locator("main")).to_contain_text("提交回执")


def _tabs(officer: Page) -> list[int]:
    officer.goto(f"/unit/examinations/{REVIEW}")
    return [int(t) for t in officer.locator("nav[aria-label='审查状态'] .tabs-count").all_inner_texts()]


def _awaited(officer: Page, numbers: list[int]) -> None:
    until(lambda: _tabs(officer) == numbers, what=f"the tabs read {numbers}")


def _examine(person: Page, officer: Page, address: str) -> None:
    """Returned, submitted again, not passed."""
    _submit(person, address)
    _awaited(officer, [1, 0, 0, 0, 1])
    line = cells(officer)
    assert line[1:6] == ["张三", "2020", PLAN, "高级工程师(副高级)", "待审查"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line[6])
    _preview(officer)
    _decide(officer, "退回", "", refused=True)
    _decide(officer, "退回", "缺成绩单")
    _awaited(officer, [0, 0, 0, 1, 0])
    _without_its_paper(person, officer, address)
    _submit(person, address)
    _awaited(officer, [1, 0, 0, 1, 1])
    _open(officer)
    _decide(officer, "不通过", "", refused=True)
    _decide(officer, "不通过", "学历不符")
    _awaited(officer, [0, 0, 1, 1, 1])
    officer.goto(f"/unit/examinations/{REVIEW}?tab=failed")
    _open(officer)
    assert officer.locator("#decision button, #decision a").all_inner_texts() == ["关闭"]
    until(lambda: _shown(person, address, "学历不符"), what="the applicant sees the opinion")
    expect(person.get_by_role("button", name="提交审核")).to_have_count(0)
    looked_at(person, "titles-ended")


def _shown(page: Page, address: str, text: str) -> bool:
    page.goto(address)
    return text in page.locator("main").inner_text()


def _open(officer: Page) -> None:
    officer.locator("tbody tr").first.get_by_role("link", name="张三").first.click()
    officer.get_by_role("heading", level=1).wait_for()


def _preview(officer: Page) -> None:
    _open(officer)
    expect(officer.get_by_role("heading", level=1)).to_have_text("张三-申报信息预览-待审查")
    heads = officer.locator("main h2.sheet-title").all_inner_texts()
    assert [h.split(".")[0] for h in heads] == [str(n) for n in range(1, 19)]
    assert (heads[0], heads[17]) == ("1. 基本信息", "18. 申报材料附件信息")
    expect(officer.locator("main")).to_contain_text(TITLE)
    buttons = officer.locator("#decision button, #decision a").all_inner_texts()
    assert [b.strip() for b in buttons] == ["关闭", "通过", "不通过", "退回"]
    rows = _materials(officer)
    assert rows[0][:3] == ["1", "√", "材料2"]
    assert "学位证书.pdf" in rows[0][3]
    assert rows[1] == ["2", "", "现专业技术资格证书", "/"]
    _without_what_is_empty(officer)
    officer.locator("#decision").get_by_role("button", name="通过", exact=True).click()
    assert officer.locator("dialog[open] textarea").input_value() == DECLARATION
    looked_at(officer, "titles-opinion")
    officer.locator("dialog[open]").get_by_role("button", name="关闭").last.click()


def _without_what_is_empty(officer: Page) -> None:
    """On a phone a card has no line for a cell that says nothing."""
    necessary = officer.get_by_role("region", name="申报材料附件信息").locator("td[data-column='必要']")
    officer.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(necessary.nth(0)).to_be_visible()
    expect(necessary.nth(1)).to_be_hidden()
    officer.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    expect(necessary.nth(1)).to_be_visible()


def _decide(officer: Page, name: str, opinion: str, *, refused: bool = False) -> None:
    """In a dialog, which a refusal for a missing opinion opens again."""
    dialog = officer.locator("dialog[open]")
    if not dialog.count():
        officer.locator("#decision").get_by_role("button", name=name, exact=True).click()
    dialog.locator("textarea").fill(opinion)
    dialog.get_by_role("button", name="提交").click()
    if refused:
        expect(dialog.locator(".field-error")).to_have_text("请填写意见")
        expect(dialog.locator("textarea")).to_be_focused()
        looked_at(officer, "titles-opinion-missing")
    else:
        expect(officer.get_by_text(re.compile("已退回|审查意见已提交")).first).to_be_visible()


def _signs_out(officer: Page, stack: Stack, elsewhere: User) -> None:
    """Both commands; afterwards what the session's cookie held is refused everywhere, whoever has kept it.

    elsewhere: the same account on another device, which stays signed in.
    """
    cookie = next(c["value"] for c in officer.context.cookies() if c["name"] == COOKIE)
    held = Sealer(stack.secrets["portal_cookie_key"]).open(cookie, time.time()) or {}
    officer.get_by_role("link", name="申报服务平台").first.click()
    officer.locator("[popovertarget=me]").click()
    officer.get_by_role("button", name="退出登录").click()
    expect(officer.get_by_role("link", name="登录").first).to_be_visible()
    officer.goto("/unit/archive")
    expect(officer).to_have_url(re.compile("sign-in"))
    for service in SERVICES:
        until(partial(_is_refused, elsewhere, service, held["access"]), seconds=1, what=service)
        assert elsewhere.call("GET", service, "/v1/audit/mine").status_code == 200
    assert refresh(elsewhere.http, elsewhere.target.portal, Tokens(held["access"], held["refresh"])) is None


def _is_refused(caller: User, service: str, kept: str) -> bool:
    answer = caller.call("GET", service, "/v1/audit/mine", headers={"Authorization": f"Bearer {kept}"})
    return answer.status_code == 401 and answer.json()["code"] == "session_over"
