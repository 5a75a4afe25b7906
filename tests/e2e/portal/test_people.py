"""Who belongs to a unit and who acts for it, by hand in the browser."""

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfReader

from shenbao_stack.browsing import Desk, enter_by_province, image_code, sign_in
from shenbao_stack.codes import organisation_code
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import Town
from shenbao_stack.job import pdf
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Unit, World


@pytest.fixture
def unit(town: Town) -> Unit:
    return town.unit(town.department(name="市科技局"))


@pytest.mark.req("S3-05")
@pytest.mark.req("S3-08")
@pytest.mark.req("S3-09")
def test_a_person_finds_the_unit_asks_it_and_is_taken(desk: Desk, town: Town) -> None:
    # A unit whose name nobody else has: a search answers twenty.
    school = town.unit(town.department(name="市教育局"), code=organisation_code(7), legal_representative="何文")
    person, officer = desk(), desk(school.user)
    enter_by_province(person)
    person.goto("/person/unit")
    person.get_by_label("请输入单位名称关键字搜索并选择").fill("余杭")
    person.get_by_role("button", name="查询").click()
    person.get_by_text("余杭第一中学 · 市教育局").click()
    person.get_by_role("button", name="提交申请").click()
    assert person.locator("[data-summary] li").all_inner_texts() == ["申请说明：此项必填"]
    person.get_by_text("余杭第一中学 · 市教育局").click()
    person.get_by_label("申请说明").fill("本单位在职")
    person.get_by_role("button", name="提交申请").click()
    expect(person.get_by_text("申请已提交，等待单位确认")).to_be_visible()

    officer.goto("/unit/people")
    expect(officer.get_by_text("本单位在职")).to_be_visible()
    officer.get_by_role("button", name="同意").click()
    expect(officer.get_by_text("已同意绑定")).to_be_visible()

    person.goto("/person/unit")
    row = person.get_by_role("row").filter(has_text="余杭第一中学").first
    expect(row).to_contain_text("所属单位")


@pytest.mark.req("B-18")
def test_a_new_officer_asks_with_a_letter_and_the_department_agrees(
    desk: Desk, stack: Stack, world: World, unit: Unit
) -> None:
    username, page, office = f"zhaoliu{world.serial()}", desk(), desk(unit.department.user)
    page.goto("/register")
    page.get_by_role("link", name="申请成为单位经办人").click()
    page.get_by_label("机构代码").fill(unit.code)
    page.get_by_label("查找部门").fill("市科技局")
    page.locator(f"input[value='{unit.department.id}']").check()
    page.get_by_label("经办人姓名").fill("赵六")
    page.get_by_label("手机号码").fill("13900000000")
    letter = FilePayload(name="授权委托书.pdf", mimeType="application/pdf", buffer=pdf())
    page.get_by_label("授权委托书扫描件").set_input_files(letter)
    page.get_by_label("用户名").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("textbox", name="验证码").fill(image_code(page, stack))
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")

    office.goto("/office/officers")
    card = office.get_by_role("article").filter(has_text="赵六")
    expect(card).to_contain_text(f"示例科技有限公司 · {unit.code}")
    card.get_by_role("button", name="同意并停用原经办人").click()
    expect(office.get_by_text("已同意，该经办人可以登录")).to_be_visible()

    sign_in(page, stack, username, PASSWORD)
    page.goto("/unit/history")
    expect(page.get_by_role("row").filter(has_text="停止经办人权限")).to_contain_text("归口部门审核")


@pytest.mark.req("S1-09", "S1-10", "S1-11")
def test_a_unit_sees_only_the_letter_page_until_its_bureau_approves(
    desk: Desk, stack: Stack, world: World, town: Town
) -> None:
    bureau = world.new_office("city_hr_bureau", name=f"示例区{world.serial()}人社局", demands_letter=True)
    unit, office = town.unit(world.new_office("first_level_department", bureau), contact_name="王五"), desk(bureau.user)
    page = desk()
    page.goto("/sign-in?go=1")
    sign_in(page, stack, unit.user.username, PASSWORD, to="**/unit/letter")
    for path in ("/home", "/unit/profile", "/unit/accounts", "/wallet"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("提交授权委托书证明")
    blocked = unit.user.call("GET", "applications", "/v1/projects/work", params={"programme": PROGRAMME})
    assert (blocked.status_code, blocked.json()["code"]) == (403, "authorization_required")
    expect(page.get_by_text("政务服务网法人账号")).to_be_visible()
    certificate = downloaded(page, "下载用人单位委托证明")
    assert all(words in certificate for words in ("用人单位委托证明", "示例科技有限公司", "王五", unit.user.username))
    assert page.locator("main input:not([type=hidden])[value='示例科技有限公司']").count() == 0

    page.get_by_role("button", name="提交", exact=True).click()
    missing = ["单位隶属关系：请选择单位隶属关系", "授权委托书证明：请上传授权委托书证明"]
    expect(page.locator("[data-summary] li")).to_have_text(missing)
    letter(
        page, bureau.name, FilePayload(name="委托书.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8\xff\xe0 no letter")
    )
    expect(page.locator("#letter-error")).to_be_visible()
    letter(page, bureau.name, FilePayload(name="委托书.pdf", mimeType="application/pdf", buffer=pdf()))
    expect(page.get_by_text("审核中")).to_be_visible()

    office.goto("/office/letters")
    card = office.get_by_role("article").filter(has_text="示例科技有限公司")
    card.get_by_role("button", name="审核通过").click()
    expect(office.get_by_text("授权委托书已审核通过")).to_be_visible()
    page.goto("/home")
    expect(page.get_by_role("link", name="子账号管理")).to_be_visible()


def letter(page: Page, bureau: str, file: FilePayload) -> None:
    page.get_by_label("查找部门").fill(bureau)
    page.get_by_label(bureau).check()
    page.locator("#letter").set_input_files(file)
    page.get_by_role("button", name="提交", exact=True).click()


def downloaded(page: Page, link: str) -> str:
    """The text of the PDF that comes, without its spaces."""
    with page.expect_download() as waited:
        page.get_by_role("link", name=link).click()
    return "".join("".join(leaf.extract_text().split()) for leaf in PdfReader(waited.value.path()).pages)
