"""By hand in the browser: the bureau keeps codes, a department its units, their posts and the numbers of its plan."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack.browsing import Desk
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at, shot
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, done

SAVE = "main form[method=post] button.btn-primary"


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main #{name}").fill(value)
    page.locator(SAVE).last.click()


def downloaded(page: Page, link: str) -> list[list[Any]]:
    """The rows of the workbook behind a link, below title and header."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(download.value.path()).read_bytes()))
    return book.get_sheet_by_index(0).to_python()[2:]


def test_the_bureau_adds_renames_drops_and_publishes_codes_and_a_department_only_reads(desk: Desk, town: Town) -> None:
    key, department = f"k{town.world.serial()}", town.department()
    page = desk(town.bureau.user)
    for code in (key, f"{key}x"):
        page.goto("/dictionaries/position/new")
        fill(page, key=code, zh="工程师", en="Engineer")
        expect(page.get_by_text("代码已新增，发布后生效")).to_be_visible()
    page.get_by_role("row").filter(has_text=key).first.get_by_role("link", name="修改").click()
    fill(page, zh="高级工程师", en="Senior engineer")
    expect(page.get_by_role("row").filter(has_text="高级工程师")).to_have_count(1)
    page.get_by_role("row").filter(has_text=f"{key}x").get_by_role("button", name="删除").click()
    page.locator("dialog[open]").get_by_role("button", name="确认删除").click()
    expect(page.get_by_role("row").filter(has_text=f"{key}x")).to_have_count(0)

    page.goto("/dictionaries/versions/new")
    fill(page, name="2000", effective_on="2000-01-01")
    expect(page.locator(".field-error, [data-summary]").first).to_contain_text("生效日期不得早于")
    fill(page, name=f"版本{key}", effective_on=office_day(now()).isoformat())
    row = page.get_by_role("row").filter(has_text=f"版本{key}")
    expect(row).to_contain_text("现行")
    row.get_by_role("link", name="查看").click()
    expect(page.get_by_role("row").filter(has_text=key)).to_contain_text("Senior engineer")

    reader = desk(department.user)
    reader.goto("/dictionaries/position")
    expect(reader.get_by_role("row").filter(has_text=key)).to_have_count(1)
    expect(reader.locator("main").get_by_role("link", name="新增代码")).to_have_count(0)


@dataclass(frozen=True)
class Place:
    """A department with a unit below it, and a project in which one of the unit's applications was received."""

    department: Office
    unit: Unit
    project: str


@pytest.fixture(scope="module")
def place(town: Town) -> Place:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    unit.user.follow(department.user)
    town.reported(unit.user, project)
    department.user.follow(unit.user)

    def received() -> bool:
        counts = done(department.user.call("GET", "applications", "/v1/applications/counts"))
        return bool(counts["in_review"] == 1)

    until(received, what="the department has it")
    return Place(department, unit, str(project["id"]))


def test_a_department_sets_the_posts_of_a_unit_of_its_directory_and_the_unit_fills_them(
    desk: Desk, place: Place
) -> None:
    page = desk(place.department.user)
    page.goto("/office/directory/new")
    fill(page, code="000000019", name="示例科技有限公司")
    row = page.get_by_role("row").filter(has_text="000000019")
    expect(row).to_contain_text("已注册")
    row.get_by_role("link", name="专技人员").click()
    page.get_by_role("link", name="设置岗位结构").click()
    page.get_by_label("不允许聘任").check()
    fill(page, posts="100", senior="1")
    expect(page.get_by_text("0 / 1")).to_be_visible()

    own = desk(place.unit.user)
    appoint(own, place.unit, "330000199001010014", "聘任已登记")
    appoint(own, place.unit, "330000198506150026", "该级别的岗位已聘满（1 / 1）")
    own.get_by_role("button", name="移出人员").click()
    own.locator("dialog[open]").get_by_role("button", name="确认移出").click()
    expect(own.get_by_text("岗位总数 100，在册人员 1。")).to_be_visible()


def appoint(page: Page, unit: Unit, number: str, said: str) -> None:
    page.goto(f"/staffing/{unit.id}/new")
    page.get_by_label("女").check()
    fill(page, name="王五", id_number=number)
    expect(page.get_by_text("人员已新增")).to_be_visible()
    page.locator("#title").fill("高级工程师")
    page.locator("#starts_on").fill("2024-01-01")
    page.locator("main").get_by_role("button", name="登记聘任").click()
    expect(page.get_by_text(said).first).to_be_visible()


@pytest.mark.req("S4k-05")
def test_a_department_numbers_its_plan_and_exports_the_roster_and_the_list(desk: Desk, place: Place) -> None:
    page = desk(place.department.user)
    page.goto("/office/projects")
    page.get_by_role("button", name="申报者编号").click()
    expect(page.get_by_text("已编号 1 人")).to_be_visible()
    (numbered,) = downloaded(page, "导出名册")
    page.locator("main tbody tr", has_text="导出名册").locator("th").get_by_role("link").click()
    expect(page.locator(".number-card", has_text="已编号")).to_contain_text("1")
    expect(page.locator(".number-card", has_text="审核中")).to_contain_text("1")
    expect(page.locator("dl.facts")).to_contain_text("专业技术资格初定表")
    looked_at(page, "office-project", languages=("en", "zh"))
    page.get_by_label("新的申报截止日期").fill("2099-12-31")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("申报截止日期已修改")).to_be_visible()
    expect(page.locator("main")).to_contain_text("2099-12-31")
    page.goto("/office/received?sort1=unit&sort2=level&columns=reference&columns=level")
    assert downloaded(page, "导出名单") == [[numbered[1], "初级"]]
    expect(page.locator("main tbody th")).to_have_text(str(numbered[1]))


def test_all_forms_of_a_list_are_printed_in_the_background_and_downloaded(desk: Desk, place: Place) -> None:
    own = desk(place.unit.user)
    own.goto(f"/declare/{PROGRAMME}/{PRIMARY}/print")
    printed = PdfReader(io.BytesIO(printed_at_once(own, "一个 PDF 文件", shown="print-job")))
    assert "专业技术资格初定表" in printed.pages[0].extract_text()
    page = desk(place.department.user)
    page.goto("/office/received")
    expect(page.get_by_role("button", name="批量打印")).to_have_count(0)
    page.goto(f"/office/received?project_id={place.project}")
    packed = zipfile.ZipFile(io.BytesIO(printed_at_once(page, "压缩包，每份一个文件")))
    assert [name.split("-")[:2] for name in packed.namelist()] == [["0001", "材料清单"]]
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="批量打印").click()
    expect(page.get_by_role("row").filter(has_text="材料清单")).to_contain_text("已完成")
    looked_at(page, "print-jobs")


def printed_at_once(page: Page, format_name: str, shown: str = "") -> bytes:
    page.get_by_role("button", name="批量打印").click()
    page.get_by_label(format_name).check()
    shot(page, "print-dialog")
    page.get_by_role("button", name="开始打印").click()
    expect(page.get_by_text("共 1 份，已打印 1 份，未打印 0 份")).to_be_visible(timeout=30_000)
    if shown:
        looked_at(page, shown)
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name="下载").click()
    return Path(download.value.path()).read_bytes()
