"""Who belongs to a unit and who acts for it, by hand in the browser."""

from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, Route, expect
from pypdf import PdfReader

from shenbao_stack.browsing import Desk, enter_by_province, image_code, sign_in
from shenbao_stack.codes import organisation_code
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.town import Town
from shenbao_stack.job import pdf
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, Unit, World, done


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


def register_by_hand(page: Page, stack: Stack, world: World) -> str:
    """As a person with a mobile of one's own, to the page after the first sign-in; answers the mobile."""
    serial = world.serial()
    mobile = f"138{serial:08d}"
    page.goto("/register/person")
    page.get_by_label("姓名").fill("张三")
    page.get_by_label("证件号码").fill(citizen_number(date(1960, 1, 1) + timedelta(days=serial % 14_000), 7))
    page.get_by_label("手机号").fill(mobile)
    page.fill("[name=image_code]", image_code(page, stack))
    page.get_by_role("button", name="获取短信验证码").click()
    sent = page.locator("[name=sms_code_id]:not([value=''])").input_value()
    code = httpx.get(f"{stack.url('identity')}/v1/test/sms-codes/{sent}", timeout=10).raise_for_status().json()["code"]
    page.fill("[name=sms_code]", code)
    for name in ("password", "password_again"):
        page.fill(f"[name={name}]", PASSWORD)
    for name in ("user_agreement", "privacy_policy"):
        page.check(f"[name={name}]")
    page.get_by_role("button", name="注册", exact=True).click()
    page.wait_for_url("**/sign-in?challenge=**")
    page.fill("[name=username]", mobile)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=image_code]", image_code(page, stack))
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/person/complete")
    return mobile


@pytest.mark.req("S3-04")
def test_the_registration_asks_for_the_unit_and_is_complete_without_one(
    desk: Desk, stack: Stack, world: World, town: Town
) -> None:
    mill = town.unit(town.department(name="市造纸局"), code=organisation_code(10), legal_representative="孙海")
    page = desk()
    person = world.sign_in(register_by_hand(page, stack, world))
    save, chosen = page.get_by_role("button", name="保存"), page.get_by_label("单位名称关键字")
    save.click()
    assert page.locator("[data-summary] li").all_inner_texts() == ["是否同步注册单位：此项必填"]
    expect(chosen).to_be_hidden()

    page.get_by_label("是", exact=True).check()
    expect(chosen).to_be_visible()
    page.get_by_label("申请说明").fill("本单位在职")
    save.click()
    assert page.locator("[data-summary] li").all_inner_texts() == ["选择单位：请搜索并选择单位"]
    looked_at(page, "registration-with-unit")

    page.get_by_label("否", exact=True).check()
    save.click()
    page.wait_for_url("**/person")
    assert done(person.call("GET", "identity", "/v1/me/profile"))["missing"] == []
    assert done(person.call("GET", "units", "/v1/bindings/mine"))["state"] == "none"

    page.goto("/person/complete")
    page.get_by_label("是", exact=True).check()
    chosen.press_sequentially("富阳造纸")
    page.get_by_text(f"{mill.name} · 市造纸局").click()
    page.get_by_label("申请说明").fill("本单位在职")
    save.click()
    expect(page.get_by_text("申请已提交，等待单位确认")).to_be_visible()
    assert done(person.call("GET", "units", "/v1/bindings/mine"))["state"] == "pending"


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
    looked_at(page, "letter-due")
    stays_chosen_when_a_search_answers_late(page, bureau.name)
    letter(
        page, bureau.name, FilePayload(name="委托书.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8\xff\xe0 no letter")
    )
    expect(page.locator("#letter-error")).to_be_visible()
    letter(page, bureau.name, FilePayload(name="委托书.pdf", mimeType="application/pdf", buffer=pdf()))
    expect(page.get_by_text("审核中")).to_be_visible()
    looked_at(page, "letter-waiting", languages=("zh", "en"))
    page.context.clear_cookies(name="shenbao_language")

    office.goto("/office/letters")
    card = office.get_by_role("article").filter(has_text="示例科技有限公司")
    card.get_by_role("button", name="审核通过").click()
    expect(office.get_by_text("授权委托书已审核通过")).to_be_visible()
    accounts = page.get_by_role("link", name="子账号管理")
    until(lambda: page.goto("/home") and accounts.count(), what="the unit's own pages are open to it")


def stays_chosen_when_a_search_answers_late(page: Page, bureau: str) -> None:
    under_way: list[Route] = []

    def hold(route: Route) -> None:
        under_way.append(route)

    page.route("**/unit/letter/**", hold)
    for searched, chooses in ((bureau, False), (bureau[:-1], True)):
        with page.expect_request(lambda request: "department_search" in request.url):
            page.get_by_label("查找部门").fill(searched)
        if chooses:
            page.get_by_label(bureau).check()
        page.locator("#department_id").evaluate("part => part.dataset.before = ''")
        under_way.pop().continue_()
        expect(page.locator("#department_id:not([data-before])")).to_be_visible()
    page.unroute("**/unit/letter/**")
    expect(page.get_by_label(bureau)).to_be_checked()


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
