"""The lists in which a unit examines, in the browser: what they say, how they narrow, and what is exported of them."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from shenbao_stack.browsing import Desk
from shenbao_stack.looking import looked_at
from shenbao_stack.services import variable
from shenbao_stack.stack import Stack
from shenbao_stack.world import done

PLAN = "关于2020年度高级建筑工程申报通知"
TITLE = "工程技术-建筑工程技术人员-高级工程师(副高级)"
NAMES = ["赵敏", "钱江", "孙岚", "李四", "周舟", "吴越", "郑和", "王五", "冯远", "陈晨", "褚健", "张三"]
RETURNED, PASSED = NAMES[2:9], NAMES[9:11]


@pytest.fixture
def officer(desk: Desk, stack: Stack, titles: Any) -> Page:
    """Of a unit of whose people twelve declared for the plan; ten of them also to two departments for recognition."""
    people = {name: titles.person(name) for name in NAMES}
    review = {name: titles.declared(person, titles.plans.review) for name, person in people.items()}
    (_first, of_first), (_second, of_second) = titles.plans.recognition
    for name in NAMES[2:]:
        person = people[name]
        application = titles.recognised(person, of_second if name in NAMES[2:4] else of_first)
        if name in RETURNED:
            done(titles.decide(person, application, "return", "缺成绩单"))
        if name in PASSED:
            done(titles.decide(person, application, "pass", "经审核属实。"))
    titles.come_to_read((1, 2, 0, 7, 3), "title_recognition")
    titles.come_to_read((12, 0, 0, 0, 12))
    _handed_in_at(stack, review["张三"], "2020-04-09 20:14:34+08")
    return desk(titles.unit.user)


def _handed_in_at(stack: Stack, application: str, moment: str) -> None:
    """As one of that day; a suite whose clock is moved would move everybody's."""
    engine = sa.create_engine(stack.environment[variable("applications", "DATABASE_URL")])
    with engine.begin() as connection:
        text = sa.text("update application set reported_at = cast(:moment as timestamptz) where id = :id")
        connection.execute(text, {"moment": moment, "id": application})
    engine.dispose()


def _tabs(officer: Page) -> list[int]:
    return [int(t) for t in officer.locator("nav[aria-label='审查状态'] .tabs-count").all_inner_texts()]


def _rows(officer: Page) -> list[list[str]]:
    """What a reader sees of each row, without the words for screen readers."""
    found = officer.locator("main tbody tr").all()
    return [[t.split("\n")[0].strip() for t in row.locator("td, th").all_inner_texts()] for row in found]


@pytest.mark.req("S1-30", "S1-31", "S1-32", "S1-38", "S1-39", "S1-40", "S1-41")
def test_lists_say_what_was_declared_narrow_and_are_exported_as_they_stand(
    officer: Page, desk: Desk, titles: Any
) -> None:
    _recognition(officer)
    _recognition_preview(officer)
    _review(officer)
    _department(desk(titles.department.user))


def _recognition(officer: Page) -> None:
    officer.goto("/unit/examinations/title_recognition")
    assert _tabs(officer) == [1, 2, 0, 7, 3]
    heads = [h.strip() for h in officer.locator("main thead th").all_inner_texts()]
    assert heads == ["序号", "姓名", "申报类型", "受理部门", "专业技术资格", "审查状态", "申报时间", "审查日志"]
    ((*line, moment, log),) = _rows(officer)
    assert line == ["1", "张三", "职称认定(外省转入)", "市建设局", "高级工程师(副高级)", "待审查"]
    assert (bool(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", moment)), log) == (True, "查看")
    looked_at(officer, "titles-list-recognition")
    officer.goto("/unit/examinations/title_recognition?tab=returned")
    assert len(_rows(officer)) == len(RETURNED)
    officer.locator("#publisher_id").select_option(label="市交通局")
    officer.get_by_role("button", name="查询").click()
    expect(officer.locator("main tbody tr")).to_have_count(2)
    assert {row[1] for row in _rows(officer)} == set(NAMES[2:4])
    assert _tabs(officer) == [0, 0, 0, 2, 0]


def _recognition_preview(officer: Page) -> None:
    officer.goto("/unit/examinations/title_recognition")
    officer.locator("main tbody").get_by_role("link", name="张三").first.click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("张三-申报信息预览-待审查")
    basic = officer.locator("section", has=officer.get_by_role("heading", name="1. 基本信息"))
    said = dict(zip(basic.locator("dt").all_inner_texts(), basic.locator("dd").all_inner_texts(), strict=True))
    assert "评审计划名称" not in said
    wanted = {
        "受理部门": "市建设局",
        "懂何种外语，达到何种程度": "英语，大学英语六级",
        "主要工作成绩及奖惩情况": "完成三项省级重点工程的结构设计。",
        "有何特长": "手绘",
        "参加学术团体社会兼职情况": "省土木建筑学会会员",
    }
    assert {name: said.get(name) for name in wanted} == wanted
    looked_at(officer, "titles-list-recognition-preview", languages=("en", "zh"))
    for name in ("退回", "不通过", "通过"):
        expect(officer.locator("#decision").get_by_role("button", name=name, exact=True)).to_be_visible()
    officer.locator("#decision").get_by_role("button", name="退回").click()
    with officer.expect_response(re.compile("/decision$")) as answered:
        officer.locator("dialog[open]").get_by_role("button", name="提交").click()
    assert answered.value.status == 422
    expect(officer.get_by_role("heading", level=1)).to_have_text("张三-申报信息预览-待审查")
    officer.goto("/unit/examinations/title_recognition?tab=passed")
    officer.locator("main tbody").get_by_role("link", name=PASSED[0]).first.click()
    expect(officer.get_by_role("heading", level=1)).to_have_text(f"{PASSED[0]}-申报信息预览-审查通过")
    assert officer.locator("#decision button, #decision a").all_inner_texts() == ["关闭"]


def _department(page: Page) -> None:
    """What the unit has passed is with the department that was chosen, which ends it."""
    page.goto("/office/cases")
    row = page.locator("main tbody tr", has_text=PASSED[0])
    expect(row).to_contain_text("受理部门审核")
    row.get_by_role("link", name="审核").click()
    expect(page.locator("main")).to_contain_text(TITLE)
    looked_at(page, "titles-department")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator(".note-success").first).to_be_visible()
    page.goto("/office/cases?tab=passed")
    expect(page.locator("main tbody tr", has_text=PASSED[0])).to_contain_text("认定通过")


def _review(officer: Page) -> None:
    """Year and plan are chosen; the roster and the table for posting hold what is listed then."""
    officer.goto("/unit/examinations/title_review")
    officer.locator("#year").select_option("2020")
    officer.locator("#project_id").select_option(label=PLAN)
    officer.get_by_role("button", name="查询").click()
    expect(officer).to_have_url(re.compile("year=2020"))
    heads = [h.strip() for h in officer.locator("main thead th").all_inner_texts()]
    assert heads == ["序号", "姓名", "年度", "计划名称", "专业技术资格", "审查状态", "申报时间", "审查日志"]
    rows = _rows(officer)
    title = ["高级工程师(副高级)", "待审查", "2020-04-09 20:14:34", "查看"]
    assert rows[0] == ["1", "张三", "2020", PLAN, *title]
    listed = [row[1] for row in rows]
    assert listed == NAMES[::-1]
    _name, header, *lines = _exported(officer, "导出名单")
    assert [line[header.index("姓名")] for line in lines] == listed
    assert all(re.fullmatch(r"\d{17}[\dX]", line[header.index("身份证件号码")]) for line in lines)
    _name, header, *lines = _exported(officer, "导出公示表")
    assert [line[header.index("姓名")] for line in lines] == listed
    assert {(line[header.index("计划名称")], line[header.index("申报职称名称")]) for line in lines} == {(PLAN, TITLE)}
    posted = " ".join(" ".join(line) for line in lines)
    assert re.findall(r"\d{17}[\dX]|1\d{10}", posted) == []


def _exported(officer: Page, link: str) -> list[list[str]]:
    with officer.expect_download() as waited:
        officer.get_by_role("link", name=link).click()
    sheet = CalamineWorkbook.from_path(waited.value.path()).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]
