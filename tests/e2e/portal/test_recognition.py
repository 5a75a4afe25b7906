"""A title brought from another province, by hand: declared, examined by the unit, recognised by the department."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD

PROGRAMME = "title_recognition"
OPINION = "经审核属实，同意推荐。"


def test_a_title_of_another_province_is_recognised_by_hand(desk: Desk, stack: Stack, titles: Any) -> None:
    person = titles.person("沈澄")
    application = titles.begun(person, titles.recognition, achievements_rewards_penalties="完成三项重点工程的设计。")
    page = desk()
    sign_in(page, stack, person.username, PASSWORD, to="**/person**")
    _hands_in(page, application)
    _unit_passes(desk(titles.unit.user))
    _department_recognises(desk(titles.department.user), application)
    until(lambda: "认定通过" in _text(page, f"/declarations/{application}"), what="the person reads the result")
    looked_at(page, "recognition-passed", languages=("en", "zh"))


def _hands_in(page: Page, application: str) -> None:
    page.goto(f"/declarations/{application}?step=basic")
    page.locator("#basic-foreign_language").fill("英语，大学英语六级")
    looked_at(page, "recognition-basic")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.goto(f"/declarations/{application}?step=confirmation")
    page.get_by_role("button", name="开始检测").click()
    expect(page.get_by_text("检测全部符合，可以提交审核。")).to_be_visible()
    looked_at(page, "recognition-confirmation")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("提交回执")
    expect(page.locator("main")).to_contain_text("英语，大学英语六级")


def _unit_passes(officer: Page) -> None:
    path = f"/unit/examinations/{PROGRAMME}"
    until(lambda: "沈澄" in _text(officer, path), what="it waits at the unit")
    officer.locator("main tbody").get_by_role("link", name="沈澄").first.click()
    officer.locator("#decision").get_by_role("button", name="通过", exact=True).click()
    officer.locator("dialog[open] textarea").fill(OPINION)
    officer.locator("dialog[open]").get_by_role("button", name="提交").click()
    expect(officer.get_by_text(re.compile("审查意见已提交"))).to_be_visible()


def _department_recognises(officer: Page, application: str) -> None:
    path = f"/office/cases/{application}"
    passing = officer.get_by_role("button", name="通过", exact=True)
    until(lambda: officer.goto(path) and passing.count(), what="it waits at the department")
    expect(officer.locator("main")).to_contain_text(OPINION)
    looked_at(officer, "recognition-department")
    passing.click()
    expect(officer.locator(".note-success").first).to_be_visible()


def _text(page: Page, path: str) -> str:
    page.goto(path)
    return page.locator("main").inner_text()
