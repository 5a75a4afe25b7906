"""Academic and technical leaders by hand in the browser: from the first page to the submission, record by record."""

import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from shenbao_stack.browsing import Desk, enter_by_province
from shenbao_stack.codes import organisation_code
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.waiting import until
from shenbao_stack.world import Unit, World, done, settled

ROOT = Path(__file__).parents[3]
PROGRAMME = "academic_leader_selection"
YEAR = date.today().year  # noqa: DTZ011  (only its year is used)
PLANS = (f"{YEAR}年学术和技术带头人选拔", f"{YEAR}年后备人选增补")


@pytest.fixture(scope="module")
def unit(world: World, town: Town) -> Unit:
    """The programme is published with a committee and two plans; the person will belong to this unit."""
    done(world.publish_programme(ROOT / "programmes" / PROGRAMME))
    settled(world.admin(), "documents", "review")
    town.committee(PROGRAMME, "学术带头人评审委员会")
    for name in PLANS:
        body = {
            "programme": PROGRAMME,
            "variant": "selection",
            "name": name,
            "year": YEAR,
            "batch": "第六批",
            "opens_on": f"{YEAR}-01-01",
            "closes_on": f"{YEAR}-12-31",
        }
        done(town.bureau.user.call("POST", "applications", "/v1/projects", body))
    # A unit whose name nobody else has: a search answers twenty.
    found = town.department(name="省科技厅")
    return town.unit(found, code=organisation_code(9), legal_representative="俞国平")


def photo(name: str) -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), (40, 90, 160)).save(picture, "JPEG")
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def fill(page: Page, section: str, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        control = page.locator(f"#{section}-{key}")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def upload(page: Page, section: str, *fields: str) -> None:
    for field in fields:
        hidden = page.locator(f"input[type=hidden][name={section}-{field}]")
        before = hidden.count()
        page.locator(f"#{section}-{field}").set_input_files(photo(field))
        expect(hidden).to_have_count(before + 1 if field in {"files", "cover", "contents_page", "own_pages"} else 1)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()


def step(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="填写步骤").get_by_role("link", name=name).click()


@pytest.mark.req("S3-01")
def test_the_first_page_leads_over_the_module_to_personal_sign_in(desk: Desk) -> None:
    page = desk()
    page.goto("/")
    looked_at(page, "leaders-front")
    page.get_by_role("link", name="高层次/留学人才").click()
    expect(page.get_by_role("heading", level=1, name="登录")).to_be_visible()
    expect(page.get_by_role("link", name="个人登录")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("推荐使用谷歌浏览器或者360安全浏览器极速模式")).to_be_visible()
    expect(page.get_by_role("link", name="省统一身份认证")).to_be_visible()


@pytest.mark.req("S3-10", "S3-11", "S3-34", "S3-35")
def test_a_person_declares_record_by_record(desk: Desk, unit: Unit) -> None:
    page = desk()
    enter_by_province(page)
    _begin(page)
    _basic(page)
    _records(page)
    _texts(page)
    _look_through(page)
    _check_and_submit(page, desk(unit.user))


def _begin(page: Page) -> None:
    module = page.locator("nav a", has_text="学术和技术带头人").first
    until(lambda: page.reload() and module.count(), what="the menu has the module of the programme just published")
    module.click()
    page.locator("button", has_text="马上申报").first.click()
    expect(page.locator("dialog[open]")).to_contain_text("第六批")
    looked_at(page, "leaders-plan")
    assert page.locator("tbody tr").count() == len(PLANS)  # The dialog is open, and no record exists.
    page.locator("dialog[open]").get_by_role("link", name="马上申报").click()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_role("button", name="同意并继续")).to_be_visible()  # Not ticked: nothing goes on.
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_role("heading", level=1, name="基本信息")).to_be_visible()
    address = page.url
    _two_lists(page)
    page.goto(address)


def _two_lists(page: Page) -> None:
    page.locator("nav a", has_text="学术和技术带头人").first.click()
    own, plans = page.locator("table").nth(0), page.locator("table").nth(1)
    heads = ["计划年度", "计划名称", "申报类型", "所属批次", "审核状态", "操作"]
    assert [h.strip() for h in own.locator("thead th").all_inner_texts()] == heads
    plan_heads = ["计划年度", "计划名称", "申报起止日期", "相关批次", "计划发布时间", "操作"]
    assert [h.strip() for h in plans.locator("thead th").all_inner_texts()] == plan_heads
    assert (own.locator("tbody tr").count(), plans.locator("tbody tr").count()) == (1, 2)
    expect(own.locator("tbody tr")).to_contain_text("第六批")
    expect(plans.locator("tbody tr").first.get_by_role("button", name="马上申报")).to_be_visible()
    looked_at(page, "leaders-module")


def _basic(page: Page) -> None:
    expect(page.locator("#basic-person_name")).to_have_value("张三")
    expect(page.locator("#basic-person_name")).not_to_be_editable()
    chosen = {"declaration_category": "reserve_candidate", "evaluation_group": "engineering"}
    fill(page, "basic", chosen | {"selected_batch": "batch_5", "telephone": "055112345678"})
    save(page)
    expect(page.locator("[data-summary]")).to_contain_text("后备人选的入选批次为“无”")
    expect(page.locator("[data-summary]")).to_contain_text("格式为：区号-八位电话号码，如0551-12345678")
    looked_at(page, "leaders-basic-wrong")
    address = {"contact_address": "合肥市示例路1号", "work_unit": "示例科技有限公司", "mobile": "13800000000"}
    fill(page, "basic", address | {"selected_batch": "none", "telephone": "0551-12345678"})
    fill(page, "basic", {"title_or_skill_level": "高级工程师"})
    expect(page.get_by_text("附件应为原件的扫描件或照片")).to_be_visible()
    upload(page, "basic", "photo", "id_front", "id_back", "graduation_certificate", "signed_commitment")
    looked_at(page, "leaders-basic")
    save(page)
    expect(page.get_by_role("heading", level=1, name="工作经历")).to_be_visible()


def _records(page: Page) -> None:
    for post in ("助理工程师", "工程师", "高级工程师"):
        page.get_by_role("link", name="新增").click()
        fill(page, "row", {"start_date": "2010-07-01", "end_date": "2015-07-01"})
        fill(page, "row", {"unit_name": "示例科技有限公司", "post": post})
        save(page)
        expect(page.get_by_text("已保存")).to_be_visible()
    page.get_by_role("button", name=re.compile("上移 3")).click()
    posts = page.locator("tbody td:nth-of-type(3)")
    expect(posts).to_have_text(["助理工程师", "高级工程师", "工程师"])
    looked_at(page, "leaders-records")
    page.get_by_role("button", name=re.compile("删除 *1")).click()
    expect(posts).to_have_text(["高级工程师", "工程师"])
    step(page, "论文、著作情况")
    page.get_by_role("link", name="新增").click()
    paper = {"title": "灌溉制度研究", "published_date": "2021-03-01", "issue_number": "2021-3", "own_rank": "1"}
    fill(page, "row", paper | {"work_kind": "journal_paper", "periodical_name": "水利学报", "participants": "3"})
    upload(page, "row", "cover", "cover")
    save(page)
    expect(page.locator("[data-summary]")).to_contain_text("目录页")
    looked_at(page, "leaders-paper")
    page.get_by_role("link", name="返回").click()
    page.get_by_role("link", name=re.compile("2 *个附件")).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    _awarded(page)


def _awarded(page: Page) -> None:
    """What depends on an answer appears with it."""
    step(page, "正在从事的科研（课题）")
    page.get_by_role("link", name="新增").click()
    page.locator("#row-is_awarded").select_option("no")
    expect(page.locator("#row-award_name")).to_be_hidden()
    page.locator("#row-is_awarded").select_option("yes")
    expect(page.locator("#row-award_name")).to_be_visible()
    page.get_by_role("link", name="返回").click()


def _texts(page: Page) -> None:
    step(page, "主要突出贡献事迹")
    page.locator("#outstanding_contribution-text").evaluate("box => box.removeAttribute('maxlength')")
    page.locator("#outstanding_contribution-text").fill("字" * 801)
    save(page)
    expect(page.locator("[data-summary]")).to_contain_text("不得超过800字")
    page.locator("#outstanding_contribution-text").fill("主持项目一项。\n" + "字" * 792)
    save(page)
    expect(page.get_by_role("heading", level=1, name="其他说明")).to_be_visible()


def _look_through(page: Page) -> None:
    step(page, "附件一览表")
    expect(page.locator("tbody tr")).to_have_count(7)
    expect(page.locator("tbody tr").first).to_contain_text("基本信息")
    looked_at(page, "leaders-attachments")
    step(page, "申报情况预览")
    looked_at(page, "leaders-preview")
    page.get_by_role("navigation", name="申报情况预览").get_by_role("link", name="论文、著作情况").click()
    expect(page.locator("#section-papers")).to_be_in_viewport()
    assert page.locator("main input:not([type=hidden]), main textarea, main select").count() == 0


def _check_and_submit(page: Page, officer: Page) -> None:
    step(page, "提交审核")
    expect(page.get_by_role("button", name="提交审核")).to_be_disabled()
    page.get_by_role("button", name="开始检测").click()
    unmet = page.locator(".clauses li", has_text="不符合")
    expect(unmet).to_have_count(1)
    expect(unmet).to_contain_text("第 1 条 目录页")
    expect(page.get_by_role("button", name="提交审核")).to_be_disabled()
    looked_at(page, "leaders-check")
    unmet.get_by_role("link").click()
    page.get_by_role("link", name=re.compile("编辑 *1")).click()
    upload(page, "row", "contents_page", "own_pages")
    save(page)
    step(page, "提交审核")
    page.get_by_role("button", name="开始检测").click()
    expect(page.get_by_text("尚未绑定工作单位")).to_be_visible()
    assert page.get_by_role("link", name="绑定工作单位").get_attribute("href") == "/person/unit"
    expect(page.get_by_role("button", name="提交审核")).to_be_disabled()
    _bind(page, officer)
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("提交回执")
    looked_at(page, "leaders-sent")


def _bind(page: Page, officer: Page) -> None:
    address = page.url
    page.goto("/person/unit?q=萧山")
    page.get_by_text("萧山建筑设计院有限公司 · 省科技厅").click()
    page.get_by_label("申请说明").fill("本单位在职")
    page.get_by_role("button", name="提交申请").click()
    officer.goto("/unit/people")
    officer.get_by_role("button", name="同意").click()
    expect(officer.get_by_text("已同意绑定")).to_be_visible()

    def may_submit() -> bool:
        page.goto(address)
        return page.get_by_role("button", name="提交审核").is_enabled()

    until(may_submit, what="the binding is known")
