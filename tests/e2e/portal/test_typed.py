"""What somebody typed is not lost when the sign-in ends under it, nor shown to the next one at the same desk."""

import pytest
from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, image_code, sign_in
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD, Unit, done

PLACE = "杭州市示例路 100 号，二期大楼"


@pytest.fixture
def units(town: Town) -> tuple[Unit, Unit]:
    department = town.department()
    return town.unit(department), town.unit(department, code="000000027", legal_representative="王芳")


@pytest.fixture
def page(desk: Desk, units: tuple[Unit, Unit]) -> Page:
    """The basic information of the first unit, changed and not saved yet."""
    page = desk(units[0].user)
    page.goto("/unit/profile")
    page.get_by_label("单位地址").fill(PLACE)
    return page


def end_session(user: User) -> None:
    """Signs the browser out, from elsewhere."""
    sessions = done(user.call("GET", "identity", "/v1/me/sessions"))["items"]
    for other in (one for one in sessions if not one["current"]):
        done(user.call("DELETE", "identity", f"/v1/me/sessions/{other['id']}"))


def save(page: Page) -> None:
    page.locator("main form[method=post] .btn-primary").last.click()


def test_after_signing_in_again_the_form_holds_what_was_typed(
    page: Page, stack: Stack, units: tuple[Unit, Unit]
) -> None:
    end_session(units[0].user)
    save(page)
    expect(page.get_by_text("刚才填写的内容会在原页面恢复。")).to_be_visible()
    looked_at(page, "typed-over")
    page.locator("main").get_by_role("link", name="登录").click()
    page.fill("[name=username]", units[0].user.username)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=image_code]", image_code(page, stack))
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/unit/profile")
    expect(page.get_by_label("单位地址")).to_have_value(PLACE)
    expect(page.get_by_text("登录前填写的内容已恢复，请核对后提交。")).to_be_visible()
    looked_at(page, "typed-again")
    save(page)
    expect(page.locator(".note-success")).to_be_visible()
    assert done(units[0].user.call("GET", "units", "/v1/units/mine"))["address"] == PLACE


def test_a_form_of_an_old_page_leads_back_to_it_and_somebody_else_finds_nothing_there(
    page: Page, stack: Stack, units: tuple[Unit, Unit]
) -> None:
    page.context.clear_cookies()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("页面已过期")
    expect(page.get_by_role("link", name="返回原页面")).to_have_attribute("href", "/unit/profile")
    sign_in(page, stack, units[1].user.username, PASSWORD)
    page.goto("/unit/profile")
    expect(page.get_by_label("单位地址")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('shenbao-typed')") is None
