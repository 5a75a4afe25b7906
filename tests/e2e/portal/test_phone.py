"""What a phone shows otherwise than a desktop: the menu behind a button, each row of a table as a card."""

from collections.abc import Callable

from playwright.sync_api import expect

from shenbao_stack.browsing import PHONE, Desk
from shenbao_stack.demo.town import Town


def test_the_menu_opens_and_closes_and_stands_where_the_page_is_in_it(desk: Desk, town: Town) -> None:
    department = town.department()
    town.project(department)
    page = desk(department.user)
    page.goto("/office/projects")
    current = page.locator(".menu [aria-current=page]")
    expect(current).to_be_in_viewport(ratio=1)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    menu = page.get_by_role("navigation", name="主菜单")
    visible: Callable[[], bool] = menu.is_visible
    assert not visible()

    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader")).first
    expect(row).to_have_css("display", "grid")
    told = "cell => getComputedStyle(cell, '::before').content"
    assert row.get_by_role("cell").nth(0).evaluate(told) == '"发布单位"'

    page.get_by_role("button", name="菜单", exact=True).click()
    assert visible()
    expect(current).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert not visible()
