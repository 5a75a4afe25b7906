"""A real browser on the running suite: fixtures for tests of pages.

`browser` is Chromium, `desk(user)` a page on which that user has signed in through the sign-in page.
"""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from shenbao_common.testing import chromium
from shenbao_stack.client import User
from shenbao_stack.stack import Stack
from shenbao_stack.world import PASSWORD

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 800}
PATIENCE = 15_000
"""Milliseconds for a click and for what is expected of a page, also on a machine that is busy."""
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Desk = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        running = playwright.chromium.launch(executable_path=chromium.executable(), args=list(_QUIET))
        yield running
        running.close()


@pytest.fixture
def desk(browser: Browser, stack: Stack) -> Iterator[Desk]:
    """Opens pages; `desk()` for somebody unknown, `desk(user)` signed in."""
    opened: list[BrowserContext] = []

    def sit_down(user: User | None = None, *, password: str = PASSWORD) -> Page:
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN", base_url=stack.url())  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        if user:
            sign_in(page, stack, user.username, password)
        return page

    yield sit_down
    for context in opened:
        context.close()


def sign_in(page: Page, stack: Stack, username: str, password: str, *, to: str = "**/home") -> None:
    """Through the sign-in page; the image code is read where profile test tells it."""
    page.goto("/sign-in?go=1")
    _enter(page, stack, username, password)
    right_entry = page.locator("[data-right-entry]")
    right_entry.or_(page.locator("body.has-menu")).first.wait_for()
    if right_entry.count():
        right_entry.click()
        _enter(page, stack, username, password)
    page.wait_for_url(to)


def enter_by_province(page: Page, person: str = "张三") -> None:
    """As one of the demo's persons, by the simulated provincial sign-in."""
    page.goto("/sign-in?go=1&entry=person")
    page.get_by_role("link", name="省统一身份认证").click()
    page.get_by_role("button", name=person).click()
    page.wait_for_url("**/person**")


def authenticate(page: Page, *, passed: bool, person: str = "张三") -> None:
    """Somebody stands in front of the camera of the simulated app, in a window of its own."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name=re.compile("打开认证")).click()
    app = opened.value
    app.get_by_label("站在摄像头前的人").select_option(person)
    app.get_by_role("button", name="认证通过" if passed else "认证不通过", exact=True).click()
    app.get_by_role("status").wait_for()
    app.close()


def _enter(page: Page, stack: Stack, username: str, password: str) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.fill("[name=image_code]", image_code(page, stack))
    page.locator("form:has([name=password]) button.btn-primary").click()


def image_code(page: Page, stack: Stack) -> str:
    """What the picture on the page says."""
    picture = page.locator("[name=image_code_id]").input_value()
    answer = httpx.get(f"{stack.url('identity')}/v1/test/image-codes/{picture}", timeout=10)
    return str(answer.raise_for_status().json()["code"])
