"""A unit without a credit code registers by hand in four steps, is refused, corrects and is let in."""

import io

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from shenbao_stack.browsing import Desk, image_code, sign_in
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Office, World


def scan() -> FilePayload:
    target = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(target, "JPEG")
    return {"name": "批文.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def errors(page: Page) -> list[str]:
    return page.locator("[data-summary] li").all_inner_texts()


def check_agent(page: Page, stack: Stack) -> None:
    page.get_by_label("经办人姓名").fill("张三")
    page.get_by_label("身份证号码").fill("330000199001010014")
    page.get_by_text("男", exact=True).click()
    page.get_by_label("手机号").fill("13800001203")
    page.get_by_role("textbox", name="验证码", exact=True).fill(image_code(page, stack))
    page.get_by_role("button", name="获取短信验证码").click()
    expect(page.get_by_text("短信验证码已发送")).to_be_visible()
    sent = page.locator("[name=sms_code_id]").input_value()
    code = httpx.get(f"{stack.url('identity')}/v1/test/sms-codes/{sent}", timeout=10).json()["code"]
    page.get_by_label("短信验证码").fill(code)
    page.get_by_role("button", name="下一步").click()


def check_unit(page: Page, department: Office, name: str) -> None:
    page.get_by_label("本单位确实不具有统一社会信用代码，无法提供").check()
    page.get_by_label("单位名称").fill(name)
    page.get_by_label("单位证件").set_input_files(scan())
    page.get_by_label("查找部门").fill(department.name)
    page.locator(f"#departments input[value='{department.id}']").check()
    page.get_by_label("用户注册协议").check()
    page.get_by_role("button", name="下一步").click()


def ask_status(page: Page, stack: Stack, username: str) -> None:
    page.goto("/register/status")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("textbox", name="验证码").fill(image_code(page, stack))
    page.locator("main").get_by_role("button", name="查询").click()


def decide(office: Page, name: str, button: str, reason: str = "") -> None:
    office.goto("/office/registrations")
    card = office.get_by_role("article").filter(has_text=name)
    card.get_by_label("理由").fill(reason)
    card.get_by_role("button", name=button).click()
    expect(office.get_by_role("article").filter(has_text=name)).to_have_count(0)


def open_second_step(page: Page, stack: Stack, department: Office) -> None:
    """Only after the first one; with nothing filled in it says everything that is missing."""
    page.goto("/register")
    page.get_by_role("link", name="分步注册").click()
    expect(page.locator(".progress-steps [aria-current]")).to_have_text("经办人信息比对")
    assert page.locator(".progress-steps li").all_inner_texts() == [
        "经办人信息比对",
        "法人单位信息比对",
        "创建用户",
        "完成",
    ]
    page.goto("/register/without-code/unit")
    expect(page).to_have_url(stack.url() + "/register/without-code")
    check_agent(page, stack)
    expect(page.locator(".progress-steps [aria-current]")).to_have_text("法人单位信息比对")
    page.get_by_label("查找部门").fill(department.name)
    page.locator(f"#departments input[value='{department.id}']").check()
    page.get_by_role("button", name="下一步").click()
    looked_at(page, "registration-unit-check")
    assert {line.split("：")[0] for line in errors(page)} == {
        "本单位确实不具有统一社会信用代码，无法提供",
        "单位名称",
        "单位证件",
        "用户注册协议",
    }


@pytest.mark.req("S1-02", "S1-08")
def test_a_unit_without_code_goes_through_four_steps_and_the_manual_review(
    desk: Desk, stack: Stack, world: World, town: Town
) -> None:
    page, username = desk(), f"unitN{world.serial()}"
    department, name = town.department(name=f"市民政局{world.serial()}"), f"示例街道筹备组{world.serial()}"
    open_second_step(page, stack, department)
    check_unit(page, department, name)
    expect(page.locator(".progress-steps [aria-current]")).to_have_text("创建用户")
    looked_at(page, "registration-user")
    page.get_by_label("用户名").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("textbox", name="验证码").fill(image_code(page, stack))
    page.get_by_role("button", name="提交注册").click()
    expect(page.locator(".progress-steps [aria-current]")).to_have_text("完成")

    office = desk(town.bureau.user)
    decide(office, name, "退回", "批文不清晰")
    ask_status(page, stack, username)
    expect(page.get_by_text("批文不清晰")).to_be_visible()
    page.get_by_role("link", name="修改后重新提交").click()
    check_unit(page, department, name)
    expect(page.get_by_text("注册已提交人工审核")).to_be_visible()
    decide(office, name, "审核通过")
    sign_in(page, stack, username, PASSWORD)
