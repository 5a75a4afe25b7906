"""Titles by hand in the browser: the archive, the declaration, and what the unit examines, exports and decides."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from python_calamine import CalamineWorkbook

from shenbao_stack.browsing import DESKTOP, PHONE, Desk
from shenbao_stack.demo.town import Town
from shenbao_stack.job import pdf
from shenbao_stack.waiting import until
from shenbao_stack.world import Unit, World, done, settled

ROOT = Path(__file__).parents[3]
REVIEW = "title_review"
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SHOTS = ROOT / "build" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIOLATIONS = """rules => axe.run(document, {runOnly: rules}).then(result => result.violations.map(
  found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(' | ')))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
YEAR = date.today().year  # noqa: DTZ011  (only its year is used)
PLAN = "关于2020年度高级建筑工程申报通知"
TITLE = "工程技术-建筑工程技术人员-高级工程师(副高级)"
DECLARATION = (
    "本单位声明：申报人员无违法乱纪、无重大工作失误，所报评审材料真实可靠，经审核属实。如有失实，愿承担相应责任。"
)
CATEGORIES = ("教育经历", "工作经历", "继续教育(培训)情况", "学术技术兼职情况", "获奖情况", "获得荣誉称号情况")


@pytest.fixture(scope="module")
def unit(world: World, town: Town) -> Unit:
    """Both programmes are published; a plan of the bureau with its committee is open."""
    for programme in (REVIEW, "title_recognition"):
        done(world.publish_programme(ROOT / "programmes" / programme))
    settled(world.admin(), "documents", "review")
    committee = {"name": "高级建筑工程评审委员会", "programmes": [REVIEW], "groups": []}
    done(town.bureau.user.call("POST", "review", "/v1/committees", committee))
    plan = {"programme": REVIEW, "variant": "plan_evaluation", "name": PLAN, "year": YEAR}
    days = {"opens_on": f"{YEAR}-01-01", "closes_on": f"{YEAR}-12-31"}
    done(town.bureau.user.call("POST", "applications", "/v1/projects", plan | days))
    return town.unit(town.department(name="市建设局"))


def looked_at(page: Page, name: str) -> None:
    """Accessible and without sideways scroll on a desktop and a phone; pictures are kept for looking at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(AXE)
        assert page.evaluate(VIOLATIONS, RULES) == [], name
        assert page.evaluate(SIDEWAYS) <= 0, name
        page.screenshot(path=SHOTS / f"titles-{name}-{size['width']}.png", full_page=True)


def cells(page: Page) -> list[str]:
    """The texts of the first row of the first table."""
    return [t.strip() for t in page.locator("tbody tr").first.locator("td:not(.rows-tick), th").all_inner_texts()]


@pytest.mark.req("S1-15", "S1-18", "S1-19", "S1-22", "S1-31", "S1-32")
@pytest.mark.req("S1-35", "S1-36", "S1-40", "S1-41")
def test_from_the_archive_to_the_decision_of_the_unit(desk: Desk, unit: Unit) -> None:
    person, officer = desk(), desk(unit.user)
    person.goto("/sign-in?go=1&entry=person")
    person.get_by_role("link", name="省统一身份认证").click()
    person.locator("form button").first.click()
    person.wait_for_url("**/person**")
    _bind(person, officer)
    _archive(person, officer)
    address = _declare(person)
    _examine(person, officer, address)
    _signs_out(officer)


def _bind(person: Page, officer: Page) -> None:
    person.goto("/person/unit?q=示例")
    person.get_by_text("示例科技有限公司 · 市建设局").last.click()
    person.get_by_label("申请说明").fill("本单位在职")
    person.get_by_role("button", name="提交申请").click()
    officer.goto("/unit/people")
    officer.get_by_role("button", name="同意").click()
    expect(officer.get_by_text("已同意绑定")).to_be_visible()


def _archive(person: Page, officer: Page) -> None:
    person.goto("/archive/education/new")
    for key, value in {"degree_date": "2020-04-07", "degree_unit": "示例大学", "major": "建筑工程"}.items():
        person.locator(f"#record-{key}").fill(value)
    person.get_by_role("button", name="提交单位审核").click()
    expect(person.get_by_text("已保存，但没有提交").or_(person.locator(".field-error")).first).to_be_visible()
    looked_at(person, "record-missing")
    person.locator("#record-degree").select_option("bachelor")
    person.get_by_role("button", name="提交单位审核").click()
    _handed_in(person)
    looked_at(person, "own-archive")
    _sees_what_waits(officer)
    _verifies(officer)


def _sees_what_waits(officer: Page) -> None:
    officer.goto("/home")
    expect(officer.get_by_text("您好，示例科技有限公司")).to_be_visible()
    expect(officer.get_by_text("当前共有 1 条业绩档案和 0 份职称申报申请待您审查。")).to_be_visible()
    menu = officer.get_by_role("navigation", name="主菜单")
    for name in ("用户中心", "业绩档案审核", "认定资格审查", "评审资格审查", "本单位基本信息"):
        expect(menu.get_by_role("link", name=name)).to_be_visible()
    looked_at(officer, "user-centre")
    menu.get_by_role("link", name="业绩档案审核").click()
    side = officer.get_by_role("navigation", name="业绩档案类别")
    lines = [t.strip() for t in side.locator("li").all_inner_texts()]
    assert lines[0] == "1. 教育经历 (1)"
    assert lines[1:6] == [f"{n}. {name}" for n, name in enumerate(CATEGORIES[1:], 2)]
    assert lines[6] == "7. 主持参与科研项目(基金)情况"
    red, green, blue = map(int, re.findall(r"\d+", _colour(officer, "1. 教育经历 (1)"))[:3])
    assert red > 150 > max(green, blue)


def _verifies(officer: Page) -> None:
    side = officer.get_by_role("navigation", name="业绩档案类别")
    assert [c.split("\n")[0] for c in cells(officer)[1:]] == ["张三", "2020-04-07", "示例大学", "学士", "待审核", "查看"]
    looked_at(officer, "archive-review")
    officer.get_by_role("button", name="张三", exact=True).click()
    box = officer.locator("dialog[open]")
    expect(box).to_contain_text("建筑工程")
    expect(box).to_contain_text("证件号码")
    box.get_by_role("button", name="关闭").last.click()
    expect(officer.locator("dialog[open]")).to_have_count(0)
    officer.get_by_role("button", name="张三", exact=True).click()
    looked_at(officer, "record-dialog")
    officer.locator("dialog[open]").get_by_role("button", name="通过", exact=True).click()
    expect(officer.get_by_text("已处理 1 条记录")).to_be_visible()
    assert side.locator("li").first.inner_text().strip() == "1. 教育经历"
    officer.goto("/home")
    expect(officer.get_by_text("当前共有 0 条业绩档案和 0 份职称申报申请待您审查。")).to_be_visible()


def _handed_in(person: Page) -> None:
    """The news of the binding may still be under way: then it is handed in again."""
    told = person.get_by_text("已提交，等待单位审核。")

    def handed_in() -> bool:
        if told.count():
            return True
        person.get_by_role("button", name="提交单位审核").click()
        person.wait_for_load_state()
        return told.count() > 0

    until(handed_in, what="the record is with the unit")


def _colour(page: Page, name: str) -> str:
    return str(page.get_by_role("link", name=name).evaluate("link => getComputedStyle(link).color"))


def _declare(person: Page) -> str:
    """Everything that has to be filled in; answers where the application is."""
    person.goto(f"/declarations/programmes/{REVIEW}")
    person.locator("button", has_text="马上申报").first.click()
    person.locator("dialog[open]").get_by_role("link", name="马上申报").click()
    person.get_by_role("button", name="同意并继续").click()
    person.get_by_role("heading", level=1, name="基本信息").wait_for()
    address = person.url.split("?")[0]
    chosen = {"declared_title": "engineering_construction_senior_engineer", "sex": "male", "id_type": "id_card"}
    for key, value in (chosen | {"ethnicity": "han", "political_status": "masses", "health": "healthy"}).items():
        person.locator(f"#basic-{key}").select_option(value)
    typed = {"current_specialty": "基础力学", "specialty_years": "5", "birthplace": "浙江省杭州市"}
    for key, value in (typed | {"email": "zhang@example.cn", "mobile": "13800000000"}).items():
        person.locator(f"#basic-{key}").fill(value)
    looked_at(person, "basic")
    person.get_by_role("button", name="保存").click()
    expect(person.get_by_role("heading", level=1, name="教育经历")).to_be_visible()
    looked_at(person, "citations")
    person.locator("[name=records]").first.check()
    person.get_by_role("button", name="保存并继续").click()
    expect(person.get_by_role("heading", level=1, name="工作经历")).to_be_visible()
    person.goto(f"{address}?step=summary")
    person.locator("#summary-text").fill("主持完成建筑工程设计两项。")
    person.get_by_role("button", name="保存").click()
    expect(person.get_by_role("heading", level=1, name="申报材料附件信息")).to_be_visible()
    paper = FilePayload(name="学位证书.pdf", mimeType="application/pdf", buffer=pdf())
    person.locator("#declaration_materials-education_certificate").set_input_files(paper)
    expect(person.get_by_role("link", name="学位证书.pdf")).to_be_visible()
    looked_at(person, "attachments")
    return address


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
    """Returned, submitted again, exported, passed or not."""
    _submit(person, address)
    _awaited(officer, [1, 0, 0, 0, 1])
    line = cells(officer)
    assert line[1:6] == ["张三", str(YEAR), PLAN, "高级工程师(副高级)", "待审查"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line[6])
    looked_at(officer, "examinations")
    _preview(officer)
    _decide(officer, "退回", "", refused=True)
    _decide(officer, "退回", "缺成绩单")
    _awaited(officer, [0, 0, 0, 1, 0])
    _submit(person, address)
    _awaited(officer, [1, 0, 0, 1, 1])
    _exports(officer)
    _open(officer)
    _decide(officer, "不通过", "", refused=True)
    _decide(officer, "不通过", "学历不符")
    _awaited(officer, [0, 0, 1, 1, 1])
    officer.goto(f"/unit/examinations/{REVIEW}?tab=failed")
    _open(officer)
    assert officer.locator("#decision button, #decision a").all_inner_texts() == ["关闭"]
    until(lambda: _shown(person, address, "学历不符"), what="the applicant sees the opinion")
    expect(person.get_by_role("button", name="提交审核")).to_have_count(0)


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
    materials = officer.locator("section", has=officer.get_by_role("heading", name="18. 申报材料附件信息"))
    rows = [[t.strip() for t in r.locator("td, th").all_inner_texts()] for r in materials.locator("tbody tr").all()]
    assert rows[0][:3] == ["1", "√", "学历学位证书"]
    assert rows[1] == ["2", "", "现专业技术资格证书", "/"]
    looked_at(officer, "preview")
    officer.locator("#decision").get_by_role("button", name="通过", exact=True).click()
    assert officer.locator("dialog[open] textarea").input_value() == DECLARATION
    looked_at(officer, "opinion")
    officer.locator("dialog[open]").get_by_role("button", name="关闭").last.click()


def _decide(officer: Page, name: str, opinion: str, *, refused: bool = False) -> None:
    officer.locator("#decision").get_by_role("button", name=name, exact=True).click()
    officer.locator("dialog[open] textarea").fill(opinion)
    officer.locator("dialog[open]").get_by_role("button", name="提交").click()
    told = officer.get_by_text("请填写理由") if refused else officer.get_by_text(re.compile("已退回|审查意见已提交"))
    expect(told.first).to_be_visible()


def _exports(officer: Page) -> None:
    """The roster and the table for posting, of what is listed."""
    for name, personal in (("导出名单", True), ("导出公示表", False)):
        with officer.expect_download() as waited:
            officer.get_by_role("link", name=name).click()
        book = CalamineWorkbook.from_path(waited.value.path())
        rows = [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
        said = "\n".join(" ".join(row) for row in rows)
        assert "张三" in said
        assert TITLE in said
        assert PLAN in said
        assert bool(re.search(r"\d{17}[\dX]", said)) is personal
        assert len([row for row in rows if "张三" in row]) == 1


def _signs_out(officer: Page) -> None:
    """Both commands; afterwards the session is refused."""
    officer.get_by_role("link", name="申报服务平台").first.click()
    officer.locator("[popovertarget=me]").click()
    officer.get_by_role("button", name="退出登录").click()
    officer.goto("/unit/archive")
    expect(officer).to_have_url(re.compile("sign-in"))
