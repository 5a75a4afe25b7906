"""A unit registers by hand."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shenbao_stack.browsing import Desk, image_code, sign_in
from shenbao_stack.demo.town import Town
from shenbao_stack.job import pdf
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, Office, World

NEW_PASSWORD = "Another-2026-y"


def begin(page: Page, code: str, legal_representative: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="单位注册").first.click()
    page.get_by_label("机构代码").fill(code)
    page.get_by_label("法定代表人").fill(legal_representative)
    page.get_by_role("button", name="提交").click()


def choose_account(page: Page, stack: Stack, username: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("textbox", name="验证码").fill(image_code(page, stack))


def choose_department(page: Page, department: Office) -> None:
    """By typing, as one does: the page lists only the first departments by name."""
    page.get_by_label("查找部门").fill(department.name)
    expect(page.locator("#departments input")).to_have_count(1)
    page.get_by_label(department.name).check()


def errors(page: Page) -> list[str]:
    page.locator("[data-summary] li").first.wait_for()
    return page.locator("[data-summary] li").all_inner_texts()


@pytest.mark.req("S4g-01")
def test_the_second_page_opens_when_both_fields_are_submitted(desk: Desk) -> None:
    page = desk()

    begin(page, "000000019", "王建国")

    expect(page.get_by_role("heading", level=1)).to_have_text("单位信息和账号")
    expect(page).to_have_url(page.url.split("/register")[0] + "/register/unit")


@pytest.mark.req("S4g-01")
@pytest.mark.parametrize(
    ("code", "representative", "missing"), [("", "王建国", "机构代码"), ("000000019", "", "法定代表人")]
)
def test_a_missing_field_is_named_at_the_field(desk: Desk, code: str, representative: str, missing: str) -> None:
    page = desk()

    begin(page, code, representative)

    assert errors(page) == [f"{missing}：此项必填"]
    page.locator("[data-summary] a").click()
    expect(page.get_by_label(missing)).to_be_focused()
    expect(page.get_by_label(missing)).to_have_attribute("aria-invalid", "true")


@pytest.mark.req("S4e-02")
def test_a_private_unit_finds_districts_and_the_talent_service_bureau_in_one_list_that_is_explained(
    desk: Desk, town: Town
) -> None:
    serial = uuid4().hex[:6]
    offered = [f"{serial}示例区", f"{serial}示例二区", f"{serial}人才服务局", f"{serial}教育局"]
    for name in offered:
        town.department(name=name)
    page = desk()

    begin(page, "000000019", "王建国")
    page.get_by_label("查找部门").fill(serial)

    expect(page.locator("#departments label")).to_have_count(len(offered))
    assert sorted(page.locator("#departments label").all_inner_texts()) == sorted(offered)
    section = page.locator("section").filter(has=page.locator("#departments")).last
    for choice in ("公有制单位选主管部门", "注册所在地的区县", "人事档案存放在人才服务局的选人才服务局"):
        expect(section).to_contain_text(choice)


@pytest.mark.req("S4g-02")
def test_a_recognised_name_is_filled_in_and_cannot_be_edited(desk: Desk) -> None:
    page = desk()

    begin(page, "000000019", "王建国")

    name = page.get_by_label("单位名称")
    expect(name).to_have_value("示例科技有限公司")
    expect(name).not_to_be_editable()
    expect(page.get_by_label("机构代码证扫描件")).to_have_count(0)


@pytest.mark.req("S4g-02")
def test_with_a_wrong_representative_the_name_is_to_be_typed(desk: Desk) -> None:
    page = desk()

    begin(page, "000000019", "李四")

    expect(page.get_by_label("单位名称")).to_have_value("")
    expect(page.get_by_label("单位名称")).to_be_editable()


def test_a_code_that_cannot_be_right_is_refused_on_the_first_page(desk: Desk) -> None:
    page = desk()

    begin(page, "000000018", "王建国")

    assert errors(page) == ["机构代码：校验位不正确，请核对是否输错"]


def test_departments_are_found_by_typing(desk: Desk, town: Town) -> None:
    page, department = desk(), town.department(name=f"市林水局{town.world.serial()}")
    begin(page, "000000019", "王建国")

    page.get_by_label("查找部门").fill(department.name)

    expect(page.locator("#departments input")).to_have_count(1)
    expect(page.get_by_label(department.name)).to_be_visible()


@pytest.mark.req("S4g-05")
def test_a_recognised_unit_registers_and_signs_in_at_once(desk: Desk, stack: Stack, world: World, town: Town) -> None:
    page, username = desk(), f"unitA{world.serial()}"
    department = town.department(name=f"市文旅局{world.serial()}")
    begin(page, "000000019", "王建国")
    choose_department(page, department)
    choose_account(page, stack, username)
    page.get_by_role("button", name="注册").click()

    expect(page.get_by_text("注册成功，立即可以使用")).to_be_visible()
    page.locator("main").get_by_role("link", name="登录").click()
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("textbox", name="验证码").fill(image_code(page, stack))
    page.locator("main").get_by_role("button", name="登录").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("待办事项")


def emailed_code(page: Page, mailbox: Any, address: str) -> str:
    """Asks for a code on the page and reads it in the mailbox."""
    before = len(mailbox.to(address))
    page.get_by_role("button", name="获取邮箱验证码").click()
    page.locator("#mail .note").wait_for()
    until(lambda: len(mailbox.to(address)) > before, what="a code by mail")
    found = re.search(r"\b\d{6}\b", mailbox.to(address)[-1].get_content())
    assert found
    return found.group()


def set_anew(page: Page, code: str) -> None:
    for name, value in (("mail_code", code), ("new_password", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="保存新密码").click()


@pytest.mark.req("S4e-01")
def test_a_unit_registers_with_an_address_recovers_its_password_by_mail_and_takes_another_address(
    desk: Desk, stack: Stack, world: World, town: Town, mailbox: Any
) -> None:
    page, username, address = desk(), f"unitM{world.serial()}", f"hr{world.serial()}@example.cn"
    begin(page, "000000019", "王建国")
    choose_department(page, town.department(name=f"市文旅局{world.serial()}"))
    choose_account(page, stack, username)
    page.get_by_label("电子邮箱").fill(address)
    looked_at(page, "register-unit-with-email")
    page.get_by_role("button", name="注册").click()
    page.get_by_text("注册成功，立即可以使用").wait_for()

    page.goto("/recover/unit")
    page.get_by_role("link", name="用邮箱找回").click()
    looked_at(page, "recover-unit-mail", languages=("en", "zh"))
    page.get_by_label("用户名").fill(username)
    page.get_by_label("电子邮箱").fill(address)
    page.locator("#image_code").fill(image_code(page, stack))
    code = emailed_code(page, mailbox, address)
    set_anew(page, "0000000")
    assert errors(page) == ["邮箱验证码：邮箱验证码不正确或已失效"]
    set_anew(page, code)
    expect(page.get_by_text("密码已重新设置，请登录")).to_be_visible()
    sign_in(page, stack, username, NEW_PASSWORD)

    page.goto("/account/security")
    looked_at(page, "account-security-email", languages=("en", "zh"))
    page.get_by_role("link", name="更换邮箱").click()
    address = f"new.{address}"
    page.get_by_label("电子邮箱").fill(address)
    page.get_by_label("邮箱验证码").fill(emailed_code(page, mailbox, address))
    looked_at(page, "account-email")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("找回密码邮箱已保存")).to_be_visible()
    expect(page.locator("main")).to_contain_text(address)


@pytest.mark.req("S4g-03")
def test_an_unrecognised_unit_needs_a_scan_and_keeps_what_was_right(
    desk: Desk, stack: Stack, world: World, town: Town
) -> None:
    page, department, username = desk(), town.department(), f"unitB{world.serial()}"
    begin(page, world.new_code(), "周某")
    page.get_by_label("单位名称").fill("省属某某研究院")
    choose_department(page, department)
    choose_account(page, stack, username)
    page.get_by_role("button", name="注册").click()

    assert errors(page) == ["机构代码证扫描件：未能自动识别单位名称，须上传机构代码证扫描件"]
    expect(page.get_by_label("单位名称")).to_have_value("省属某某研究院")

    choose_account(page, stack, username)
    page.get_by_label("机构代码证扫描件").set_input_files(scan())
    page.get_by_role("button", name="注册").click()

    expect(page.get_by_text("注册成功，立即可以使用")).to_be_visible()


def test_after_another_objection_the_account_is_kept(desk: Desk, stack: Stack, world: World, town: Town) -> None:
    taken, other = town.department(), town.department()
    town.unit(taken)
    page = desk()
    begin(page, "000000019", "王建国")
    choose_department(page, taken)
    choose_account(page, stack, f"unitC{world.serial()}")
    page.get_by_role("button", name="注册").click()

    assert errors(page) == ["该机构代码已在此归口部门注册，可以选择其他归口部门"]
    expect(page.get_by_text("用户名和密码已设置，无需再填")).to_be_visible()
    choose_department(page, other)
    page.get_by_role("button", name="注册").click()

    expect(page.get_by_text("注册成功，立即可以使用")).to_be_visible()


def test_a_user_name_in_chinese_is_refused_at_its_field(desk: Desk, stack: Stack, town: Town) -> None:
    page, department = desk(), town.department()
    begin(page, "000000019", "王建国")
    choose_department(page, department)
    choose_account(page, stack, "单位A")
    page.get_by_role("button", name="注册").click()

    assert "用户名：只能使用英文字母和数字，不能使用汉字" in errors(page)


def scan() -> FilePayload:
    return {"name": "代码证.pdf", "mimeType": "application/pdf", "buffer": pdf()}
