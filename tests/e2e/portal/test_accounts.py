"""A unit's back office: sub-accounts, passwords, basic information, supervising department; and the administrator's."""

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, image_code
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Unit, World, done

NEW_PASSWORD = "Another-2026-y"
WARNING = "修改归口部门后，所有上报的材料不管在什么状态，立即退回到单位待上报状态，建议在申报材料之前修改归口部门。"


@pytest.fixture
def unit(town: Town) -> Unit:
    return town.unit(town.department())


def try_to_sign_in(page: Page, stack: Stack, username: str, password: str, *, entry: str = "unit") -> None:
    page.goto(f"/sign-in?go=1&entry={entry}")
    page.locator("#username").fill(username)
    page.locator("#password").fill(password)
    page.locator("#image_code").fill(image_code(page, stack))
    page.locator("main").get_by_role("button", name="登录").click()


def add(page: Page, username: str, *unticked: str) -> str:
    """One sub-account with both advised ticks and 填写材料; answers its initial password."""
    page.goto("/unit/accounts/new")
    page.locator("#username").fill(username)
    page.locator("#display_name").fill("张三")
    page.get_by_label("填写材料").check()
    for name in unticked:
        page.get_by_label(name).uncheck()
    page.get_by_role("button", name="保存").click()
    return page.locator(".secret").inner_text()


@pytest.mark.req("S4g-24")
def test_a_sub_account_is_added_with_exactly_the_ticked_permissions(desk: Desk, unit: Unit) -> None:
    page, username = desk(unit.user), f"{unit.user.username}zhangsan"

    add(page, username)
    page.get_by_role("link", name="我已记录").click()

    row = page.get_by_role("row").filter(has_text=username)
    assert row.get_by_role("cell").nth(1).inner_text() == "填写材料、修改本人基本信息、修改本人密码"
    expect(page.locator(".secret")).to_have_count(0)


@pytest.mark.req("S4g-24")
def test_a_sub_account_with_a_chinese_user_name_is_refused(desk: Desk, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto("/unit/accounts/new")
    page.locator("#username").fill(f"{unit.user.username}张三")
    page.locator("#display_name").fill("张三")
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#username-error")).to_have_text("只能使用英文字母和数字，不能使用汉字")


@pytest.mark.req("S4g-25")
def test_a_batch_is_named_by_number_and_each_is_changed_singly(desk: Desk, unit: Unit) -> None:
    page, stem = desk(unit.user), unit.user.username
    page.goto("/unit/accounts/batch")
    page.get_by_label("新增数量").fill("5")
    page.get_by_role("button", name="保存").click()

    assert page.locator("main tbody th").all_inner_texts() == [f"{stem}{number}" for number in range(1, 6)]

    page.goto("/unit/accounts")
    page.get_by_role("row").filter(has_text=f"{stem}3").get_by_role("link").click()
    page.get_by_label("上报材料").check()
    page.get_by_role("button", name="保存").click()

    ticks = page.locator("main tbody td.long").all_inner_texts()
    assert [("上报材料" in each) for each in ticks] == [False, False, True, False, False]


def test_a_large_batch_comes_in_portions_and_one_sees_how_far_it_is(desk: Desk, unit: Unit, stack: Stack) -> None:
    page, stem = desk(unit.user), unit.user.username
    page.goto("/unit/accounts/batch")
    page.get_by_label("新增数量").fill("1001")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#count-error")).to_contain_text("1 到 1000")
    page.get_by_label("新增数量").fill("250")
    page.get_by_role("button", name="保存").click()
    bar, seen = page.get_by_role("progressbar"), set[str | None]()
    while not page.get_by_role("link", name="我已记录").count():
        seen.add(bar.get_attribute("value"))
    assert seen & {"100", "200"}
    assert page.locator("#made th[scope=row]").all_inner_texts() == [f"{stem}{n}" for n in range(1, 251)]
    looked_at(page, "accounts-batch-made")
    theirs = desk()
    try_to_sign_in(theirs, stack, f"{stem}250", page.locator(".secret").last.inner_text())
    expect(theirs.get_by_label("再次输入新密码")).to_be_visible()


@pytest.mark.req("S4g-26")
def test_the_two_own_permissions_are_last_and_advised(desk: Desk, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto("/unit/accounts/new")

    boxes = page.locator("#permissions .option")
    assert boxes.all_inner_texts()[-2:] == ["修改本人基本信息", "修改本人密码"]
    ticked = page.locator("#permissions input:checked").evaluate_all("all => all.map(one => one.value)")
    assert ticked == ["profile.change", "password.change"]
    expect(page.locator("#permissions")).to_contain_text("建议勾选最后两项")


@pytest.mark.req("S4g-26")
def test_without_the_tick_the_password_page_is_not_open(desk: Desk, unit: Unit, stack: Stack) -> None:
    page, username = desk(unit.user), f"{unit.user.username}lisi"
    initial = add(page, username, "修改本人密码")
    theirs = desk()
    try_to_sign_in(theirs, stack, username, initial)
    theirs.get_by_label("新密码").first.fill(NEW_PASSWORD)
    theirs.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
    theirs.get_by_role("button", name="保存并继续").click()
    theirs.wait_for_url("**/home")

    answer = theirs.goto("/password")

    assert answer is not None
    assert answer.status == 403


@pytest.mark.req("S4g-28")
def test_a_sub_account_with_records_stays(desk: Desk, world: World, town: Town) -> None:
    department = town.department()
    project, unit = town.project(department), town.unit(department)
    sub = world.new_sub_account(unit)
    sub.user.follow(unit.user)
    town.draft(sub.user, project)
    unit.user.follow(sub.user)
    done(unit.user.call("GET", "units", "/v1/sub-accounts"))
    page = desk(unit.user)
    page.goto(f"/unit/accounts/{sub.id}")
    page.get_by_role("button", name="删除账号").click()
    page.get_by_role("button", name="确认删除").click()

    expect(page.locator(".note-danger")).to_have_text("有申报记录的子账号，不可删除")


@pytest.mark.req("S4g-29")
def test_a_disabled_account_is_signed_out_and_told_so(desk: Desk, world: World, unit: Unit, stack: Stack) -> None:
    sub = world.new_sub_account(unit)
    theirs, ours = desk(sub.user), desk(unit.user)
    ours.goto(f"/unit/accounts/{sub.id}")
    ours.get_by_role("button", name="禁用").click()
    expect(ours.locator(".note-success")).to_contain_text("已禁用")

    theirs.goto("/unit/profile")
    expect(theirs.get_by_text("该账号已被禁用")).to_be_visible()
    try_to_sign_in(theirs, stack, sub.user.username, PASSWORD)
    expect(theirs.locator("[data-summary]")).to_contain_text("该账号已被禁用")

    ours.goto(f"/unit/accounts/{sub.id}")
    ours.get_by_role("button", name="开通").click()
    expect(ours.locator(".note-success")).to_contain_text("已开通")
    try_to_sign_in(theirs, stack, sub.user.username, PASSWORD)
    theirs.wait_for_url("**/home")


@pytest.mark.req("S4g-30")
def test_a_reset_password_works_once_and_is_changed_at_once(desk: Desk, world: World, unit: Unit, stack: Stack) -> None:
    sub = world.new_sub_account(unit)
    ours, theirs = desk(unit.user), desk()
    ours.goto(f"/unit/accounts/{sub.id}")
    ours.get_by_role("button", name="密码重置").click()
    ours.get_by_role("button", name="确认重置").click()
    initial = ours.locator(".secret").inner_text()

    try_to_sign_in(theirs, stack, sub.user.username, PASSWORD)
    expect(theirs.locator("[data-summary]")).to_contain_text("用户名或密码不正确")
    try_to_sign_in(theirs, stack, sub.user.username, initial)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("设置新密码")


@pytest.mark.req("S4g-31")
def test_a_new_telephone_is_shown_on_reload(desk: Desk, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto("/unit/profile")
    page.get_by_label("联系电话").fill("0571-87654321")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_have_text("基本信息已保存")
    page.reload()

    expect(page.get_by_label("联系电话")).to_have_value("0571-87654321")


@pytest.mark.req("S4g-31")
def test_a_wrong_old_password_changes_nothing(desk: Desk, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto("/password")
    page.locator("#old_password").fill("Wrong-2026-z")
    page.locator("#new_password").fill(NEW_PASSWORD)
    page.locator("#again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#old_password-error")).to_have_text("原密码不正确")


def test_a_changed_password_keeps_this_browser_signed_in(desk: Desk, unit: Unit) -> None:
    page = desk(unit.user)
    page.goto("/password")
    page.locator("#old_password").fill(PASSWORD)
    page.locator("#new_password").fill(NEW_PASSWORD)
    page.locator("#again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="保存").click()

    expect(page.locator(".note-success")).to_have_text("密码已修改")
    page.goto("/unit/profile")
    expect(page.get_by_role("heading", level=1)).to_have_text("基本信息管理")


@pytest.mark.req("S4g-32")
def test_a_change_of_department_warns_with_the_number_and_then_recalls(desk: Desk, town: Town) -> None:
    first, second = town.department(), town.department()
    project, unit = town.project(first), town.unit(first)
    for _ in range(2):
        town.reported(unit.user, project)
    done(unit.user.call("GET", "units", "/v1/units/mine"))
    page = desk(unit.user)
    page.goto("/unit/department")
    expect(page.locator(".note-warning")).to_have_text(WARNING)
    page.get_by_label("查找部门").fill(second.name)
    expect(page.locator("#departments input")).to_have_count(1)
    page.get_by_label(second.name).check()
    page.get_by_role("button", name="下一步").click()

    expect(page.locator(".note-warning")).to_contain_text(WARNING)
    expect(page.locator(".note-warning")).to_contain_text("共有 2 份")
    page.get_by_role("button", name="确认修改").click()
    expect(page.locator(".note-success")).to_have_text("归口部门已修改")
    expect(page.locator(".facts")).to_contain_text(second.name)


def test_an_administrator_opens_an_office_with_an_account(desk: Desk, world: World, town: Town, stack: Stack) -> None:
    page, number = desk(world.admin(), password=world.admin().password), world.serial()
    page.goto("/admin/organisations/new")
    page.get_by_label("机构编号").fill(f"O{number}")
    page.get_by_label("机构名称").fill(f"市商务局{number}")
    page.get_by_label("级别").select_option("first_level_department")
    page.get_by_label("上级机构").select_option(town.bureau.id)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note-success")).to_have_text("机构已新增")

    page.goto("/admin/accounts/new")
    page.locator("#username").fill(f"office{number}")
    page.locator("#display_name").fill("职称科")
    page.get_by_label("所属机构").select_option(label=f"市商务局{number}")
    page.get_by_role("button", name="保存").click()
    initial = page.locator(".secret").inner_text()

    theirs = desk()
    try_to_sign_in(theirs, stack, f"office{number}", initial, entry="office")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("设置新密码")


def test_a_faulty_pack_is_told_by_line_and_a_right_one_is_published(desk: Desk, world: World, town: Town) -> None:
    page = desk(world.admin(), password=world.admin().password)
    page.goto("/admin/programmes/new")
    text = "programme: x\nnothing: true\n"
    page.get_by_label("配置文件").set_input_files(
        {"name": "programme.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
    )
    page.get_by_role("button", name="检查").click()

    expect(page.locator(".note-danger")).to_contain_text("个问题")
    assert page.locator("main tbody tr").count() >= 1
    assert town is not None


def test_an_image_that_cannot_be_read_is_changed_in_place(desk: Desk) -> None:
    page = desk()
    page.goto("/sign-in?go=1")
    page.locator("#username").fill("unitA1")
    before = page.locator("[name=image_code_id]").input_value()
    page.get_by_role("button", name="换一张").click()

    expect(page.locator("[name=image_code_id]")).not_to_have_value(before)
    expect(page.locator("#username")).to_have_value("unitA1")


@pytest.mark.req("S4g-07")
def test_a_wrong_image_code_is_refused_and_a_new_image_shown(desk: Desk, unit: Unit) -> None:
    page = desk()
    page.goto("/sign-in?go=1")
    page.locator("#username").fill(unit.user.username)
    page.locator("#password").fill(PASSWORD)
    before = page.locator("[name=image_code_id]").input_value()
    page.locator("#image_code").fill("????")
    page.locator("main").get_by_role("button", name="登录").click()

    expect(page.locator("#image_code-error")).to_have_text("验证码不正确，请按新的图片重新输入")
    expect(page.locator("[name=image_code_id]")).not_to_have_value(before)
    expect(page.locator("#username")).to_have_value(unit.user.username)
